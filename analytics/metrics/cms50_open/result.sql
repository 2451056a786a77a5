-- One row for each segment and stage, those that nobody is at too.
with everyone as (
  select segment, bool_or(why = 'year-over') as is_over from exclusions group by segment
),

counted as (
  select segment, count(*) as n from denominator group by segment
),

at_stage as (
  select segment, category, count(*) as still_open from numerator group by segment, category
),

joined as (
  select
    everyone.segment,
    everyone.is_over,
    stages.category,
    stages.position,
    coalesce(n, 0) as n,
    coalesce(still_open, 0) as still_open,
    goodman_z((select count(*) from stages)) as z
  from everyone
  cross join stages
  left join counted on counted.segment = everyone.segment
  left join at_stage on at_stage.segment = everyone.segment and at_stage.category = stages.category
)

select
  segment,
  category,
  n,
  share(still_open, n) as value,
  goodman_low(still_open, n, z) as low,
  goodman_high(still_open, n, z) as high,
  {'open': still_open} as parts,
  case
    when n = 0 and is_over then 'The year is over; no report counts for it any more.'
    when n = 0 then 'Every first referral of the year is answered, or there is none.'
  end as note
from joined
order by segment, position
