-- One row for each segment and stage, those with nobody to count too.
with left_out as (
  select
    segment,
    count(*) filter (why = 'young') as left_out_young,
    count(*) filter (why = 'not-in-chart') as left_out_not_in_chart,
    count(*) filter (why = 'no-visit-asked') as left_out_no_visit_asked
  from exclusions
  group by segment
),

counted as (
  select
    progress.segment,
    stages.category,
    count(*) as n,
    count(*) filter (furthest >= position) as reached,
    count(*) filter (furthest = position - 1) as stopped_before,
    count(*) filter (furthest = position - 1 and seen_by_anybody and position <= 5) as seen_elsewhere,
    count(*) filter (furthest = position - 1 and ended_how is null) as still_open
  from progress
  cross join stages
  group by progress.segment, stages.category
),

joined as (
  select
    left_out.*,
    stages.position,
    stages.category,
    coalesce(n, 0) as n,
    coalesce(reached, 0) as reached,
    coalesce(stopped_before, 0) as stopped_before,
    coalesce(seen_elsewhere, 0) as seen_elsewhere,
    coalesce(still_open, 0) as still_open
  from left_out
  cross join stages
  left join counted on counted.segment = left_out.segment and counted.category = stages.category
)

select
  segment,
  category,
  n,
  share(reached, n) as value,
  share_low(reached, n) as low,
  share_high(reached, n) as high,
  {
    'reached': reached,
    'stopped_before': stopped_before,
    'seen_elsewhere': seen_elsewhere,
    'still_open': still_open,
    'left_out_young': left_out_young,
    'left_out_not_in_chart': left_out_not_in_chart,
    'left_out_no_visit_asked': left_out_no_visit_asked
  } as parts,
  case
    when n = 0 and left_out_young > 0 then 'All orders are younger than 180 days; it is too early to judge.'
    when n = 0 then 'No referral to count.'
  end as note
from joined
order by segment, position
