-- Whoever was touched at all.
select * from denominator where touches > 0
