-- Which rule leaves a referral out; null where none does. The first that holds is named.
select
  referral.*,
  outcome,
  coalesce(denial_reason, 'other') as denial_reason,
  case
    when not was_active then 'not-in-chart'
    when not coalesce(ever_denied, false) then 'not-denied'
  end as why
from referral
left join core__authorization using (referral)
