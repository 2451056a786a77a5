-- Which rule leaves a referral out; null where none does. The first that holds is named.
select
  *,
  case
    when not was_active then 'not-in-chart'
    when service <> 'visit' then 'no-visit-asked'
    when ordered_on > as_of - within_days then 'young'
    when visits > 0 and seen_on is null then 'undated'
  end as why,
  -- Seen by that day, and not after the referral had ended otherwise.
  seen_on <= ordered_on + within_days and (ended_on is null or seen_on <= ended_on) as is_seen,
  ended_on <= ordered_on + within_days and (seen_on is null or seen_on > ended_on) as is_lost
from referral
cross join parameters
