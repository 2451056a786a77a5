-- Which rule leaves a referral out; null where none does. And the minutes that were timed.
with worked as (
  select
    referral,
    count(*) as touches,
    count(act_seconds) as timed_touches,
    sum(act_seconds) / 60 as minutes
  from core__act
  group by referral
)

select
  referral.*,
  parameters.*,
  coalesce(touches, 0) as touches,
  coalesce(timed_touches, 0) as timed_touches,
  minutes,
  case
    when not referral.was_active then 'not-in-chart'
    when referral.closed_on is null then 'not-closed'
    when minutes is null then 'not-timed'
  end as why
from referral
cross join parameters
left join worked on worked.referral = referral.referral
