-- One row for each segment and stage, those that nobody is at too.
with staged as (
  select
    segment,
    category,
    count(*) filter (why is null) as still_open,
    bool_or(why = 'year-over') as is_over
  from exclusions
  group by segment, category
),

whole as (
  select segment, sum(still_open)::bigint as n, bool_or(is_over) as is_over from staged group by segment
),

joined as (
  select
    whole.*,
    stages.category,
    stages.position,
    coalesce(staged.still_open, 0) as still_open,
    goodman_z((select count(*) from stages)) as z
  from whole
  cross join stages
  left join staged on staged.segment = whole.segment and staged.category = stages.category
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
