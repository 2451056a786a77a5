-- All of them bring something.
select * from denominator
