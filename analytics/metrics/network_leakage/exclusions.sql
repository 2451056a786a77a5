-- Which rule leaves a referral out; null where none does. The first that holds is named. And who leaked: seen outside, and not by
-- a lawful choice.
select
  *,
  case
    when not was_active then 'not-in-chart'
    when ordered_on > as_of - maturity_days then 'young'
    when visits = 0 then 'not-seen'
    when seen_network = 'unknown' then 'network-unknown'
  end as why,
  seen_network = 'out' and not lawful_choice as is_leaked
from referral
cross join parameters
