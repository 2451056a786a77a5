-- Which rule leaves a referral out; null where none does. The first that holds is named.
select
  referral.*,
  override_reason,
  override_group,
  case
    when not was_active then 'not-in-chart'
    when ordered_network is null or ordered_network not in ('in', 'out') then 'network-unknown'
  end as why,
  ordered_network = 'out' as is_ordered_out
from referral
left join core__loss using (referral)
