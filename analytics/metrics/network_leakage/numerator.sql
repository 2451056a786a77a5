-- Seen outside, and not by a lawful choice.
select * from denominator where is_leaked
