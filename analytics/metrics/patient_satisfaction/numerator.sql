-- Said 4 or 5.
select * from denominator where score >= 4
