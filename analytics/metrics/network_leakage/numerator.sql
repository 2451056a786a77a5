-- Seen outside, and not by a lawful choice.
select * from denominator where seen_network = 'out' and not lawful_choice
