-- One row for each segment and step, in their order.
with counted as (
  select
    segment,
    position,
    category,
    count(*) filter (looked_at) as n,
    count(*) filter (counts) as counted,
    count(*) filter (looked_at and not was_looked_at) as added,
    count(*) filter (was_looked_at and not looked_at) as removed,
    count(*) filter (counts and not did_count) as gained,
    count(*) filter (did_count and not counts) as lost
  from steps
  group by segment, position, category
)

select
  segment,
  category,
  n,
  share(counted, n) as value,
  share_low(counted, n) as low,
  share_high(counted, n) as high,
  {'counted': counted, 'added': added, 'removed': removed, 'gained': gained, 'lost': lost} as parts,
  case
    when n > 0 then null
    when position = 1 then 'No order of the year is old enough to judge.'
    else 'No referral of the year to count.'
  end as note
from counted
order by segment, position
