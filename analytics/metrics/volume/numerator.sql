-- All of them.
select * from denominator
