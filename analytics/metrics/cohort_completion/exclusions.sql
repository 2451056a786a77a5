-- Which rule leaves a referral out of a category; null where none does. The first that holds is named.
select
  referral.*,
  windows.category,
  windows.within_days,
  case
    when not was_active then 'not-in-chart'
    when service <> 'visit' then 'no-visit-asked'
    when ordered_on > as_of - windows.within_days then 'young'
  end as why
from referral
cross join windows
cross join parameters
