-- Which rule leaves a referral out; null where none does. The first that holds is named.
select
  referral.*,
  outcome,
  ever_denied,
  case
    when not was_active then 'not-in-chart'
    when outcome is null then 'not-asked'
    when outcome = 'not-needed' and not ever_denied then 'not-needed'
    when outcome = 'pending' and not ever_denied then 'pending'
  end as why,
  -- The last word was no, or it was no and another is awaited.
  outcome in ('denied', 'pending') as is_denied
from referral
left join core__authorization using (referral)
