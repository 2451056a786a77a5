-- Their last act is of the last 28 days.
select * from denominator where late_touches > 0
