-- Patients of the denominator with a Task that is the report to their first referral.
select patient, referral
from denominator
where patient in (select patient from considered_report where len(why_not) = 0)
