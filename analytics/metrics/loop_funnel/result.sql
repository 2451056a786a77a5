-- One row for each segment and stage, those with nobody to count too.
with everyone as (
  select
    segment,
    total(many, why is null) as n,
    total(many, why = 'young') as left_out_young,
    total(many, why = 'not-in-chart') as left_out_not_in_chart,
    total(many, why = 'no-visit-asked') as left_out_no_visit_asked
  from tally
  group by segment
),

counted as (
  select
    tally.segment,
    stages.category,
    total(many, furthest >= position) as reached,
    total(many, furthest = position - 1) as stopped_before,
    total(many, furthest = position - 1 and seen_by_anybody and position <= 5) as seen_elsewhere,
    total(many, furthest = position - 1 and is_open) as still_open
  from tally
  cross join stages
  where why is null
  group by tally.segment, stages.category
),

joined as (
  select
    everyone.*,
    stages.position,
    stages.category,
    coalesce(reached, 0) as reached,
    coalesce(stopped_before, 0) as stopped_before,
    coalesce(seen_elsewhere, 0) as seen_elsewhere,
    coalesce(still_open, 0) as still_open
  from everyone
  cross join stages
  left join counted on counted.segment = everyone.segment and counted.category = stages.category
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
