-- Ordered outside, for whatever reason.
select * from denominator where is_ordered_out
