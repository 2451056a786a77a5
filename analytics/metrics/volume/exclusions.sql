-- Which rule leaves a referral out; null where none does.
select
  *,
  if(was_active, null, 'not-in-chart') as why
from referral
cross join parameters
