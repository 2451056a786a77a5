-- All of them have some.
select * from denominator
