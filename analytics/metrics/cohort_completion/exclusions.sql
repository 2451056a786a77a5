-- Which rule leaves a referral out of a category; null where none does. The first that holds is named.
select
  referral.*,
  windows.category,
  windows.within_days,
  case
    when not was_active then 'not-in-chart'
    when service <> 'visit' then 'no-visit-asked'
    when ordered_on > as_of - windows.within_days then 'young'
  end as why,
  -- Seen within the days of the category, by anybody. A visit that is only inferred had happened by the day on which it was known.
  seen_by <= ordered_on + windows.within_days as is_attended
from referral
cross join windows
cross join parameters
