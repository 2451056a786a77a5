-- Which rule leaves a referral out; null where none does. The first that holds is named.
select
  referral.*,
  coalesce(leak_group, 'unknown') as cause_group,
  coalesce(leak_cause, 'unknown') as cause,
  coalesce(leak_recorded, false) as is_recorded,
  case
    when not was_active then 'not-in-chart'
    when ordered_on > as_of - maturity_days then 'young'
    when visits = 0 then 'not-seen'
    when seen_network = 'unknown' then 'network-unknown'
    when seen_network = 'in' then 'kept'
  end as why
from referral
left join core__loss using (referral)
cross join parameters
