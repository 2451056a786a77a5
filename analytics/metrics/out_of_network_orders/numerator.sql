-- Ordered outside, for whatever reason.
select * from denominator where ordered_network = 'out'
