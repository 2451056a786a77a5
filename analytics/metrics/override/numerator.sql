-- Somebody else was ordered than who stood first.
select * from denominator where ordered_rank is distinct from 1
