-- Which rule leaves a referral out; null where none does. The first that holds is named.
select
  *,
  case
    when not was_active then 'not-in-chart'
    when not recommended then 'not-recommended'
  end as why,
  -- Somebody else was ordered than who stood first.
  ordered_rank is distinct from 1 as is_overridden
from referral
