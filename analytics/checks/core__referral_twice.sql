-- severity: error
-- A referral has more than one row, or none: a model joins wrongly.
select event.referral, count(referral.referral) as rows
from (select distinct referral from input__event) as event
left join core__referral as referral on referral.referral = event.referral
group by event.referral
having count(referral.referral) <> 1
