-- Which rule leaves a referral out; null where none does. The first that holds is named. And how far each came within the window.
select
  *,
  case
    when not was_active then 'not-in-chart'
    when service <> 'visit' then 'no-visit-asked'
    when ordered_on > as_of - maturity_days then 'young'
  end as why,
  -- Seen within the window, by anybody. A visit that is only inferred had happened by the day on which it was known.
  seen_by <= ordered_on + within_days as is_attended,
  -- An appointment was made within the window. Whoever was seen had one, told or not.
  booked_by <= ordered_on + within_days or is_attended as is_scheduled
from referral
cross join parameters
