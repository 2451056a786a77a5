-- Which rule leaves a referral out; null where none does. The first that holds is named. And the clock of each.
select
  *,
  if(was_active, null, 'not-in-chart') as why,
  ordered_on as clock_started_on,
  closed_on as arrived_on,
  ended_on as lost_on,
  ended_how as lost_how
from referral
cross join parameters
