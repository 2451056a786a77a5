-- Which rule leaves a referral out; null where none does. The first that holds is named. And the clock of each.
select
  *,
  case
    when not was_active then 'not-in-chart'
    when service <> 'visit' then 'no-visit-asked'
    when visits > 0 and seen_on is null then 'undated'
  end as why,
  ordered_on as clock_started_on,
  seen_on as arrived_on,
  ended_on as lost_on,
  ended_how as lost_how
from referral
cross join parameters
