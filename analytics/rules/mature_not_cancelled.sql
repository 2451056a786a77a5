-- Which rule leaves a referral out where referrals that were cancelled before anybody saw the patient do not count: cancelled by the
-- practice, or revoked in the chart. The first that holds is named; null where none does.
select
  *,
  case
    when not was_active then 'not-in-chart'
    when service <> 'visit' then 'no-visit-asked'
    when ordered_on > as_of - maturity_days then 'young'
    when visits = 0 and ended_how in ('cancelled', 'revoked') then 'cancelled'
  end as why
from referral
cross join parameters
