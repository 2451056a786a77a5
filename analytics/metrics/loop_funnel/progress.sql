-- The furthest stage of each within the window.
select
  *,
  case
    when closed_on <= ordered_on + within_days then 7
    when note_by <= ordered_on + within_days then 6
    when asked_seen_by <= ordered_on + within_days then 5
    when booked_by <= ordered_on + within_days then 4
    when accepted_by <= ordered_on + within_days then 3
    when sent_by <= ordered_on + within_days then 2
    else 1
  end as furthest,
  coalesce(seen_by <= ordered_on + within_days, false) as seen_by_anybody
from exclusions
