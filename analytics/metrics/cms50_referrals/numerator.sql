-- Answered by a report that came by the end of the year.
select * from denominator where report_on <= period_end
