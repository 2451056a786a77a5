-- Somebody else was ordered than who stood first.
select * from denominator where is_overridden
