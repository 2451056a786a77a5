-- Their last answer is a 4 or a 5.
select * from denominator where score >= 4
