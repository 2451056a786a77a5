-- Answered by a report that came by the end of the year.
select * from denominator where is_reported
