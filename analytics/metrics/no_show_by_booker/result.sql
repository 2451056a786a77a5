-- One row for each segment and who booked, those with nobody to count too.
with booker as (
  select unnest(['patient', 'staff', 'office', 'software', 'unknown']) as category, unnest(range(5)) as position
),

segments as (
  select distinct segment
  from tally
),

counted as (
  select segment, category, total(many, why is null) as n, total(many, why is null and is_missed) as missed
  from tally
  group by segment, category
),

joined as (
  select segments.segment, booker.category, booker.position, coalesce(n, 0) as n, coalesce(missed, 0) as missed
  from segments
  cross join booker
  left join counted on counted.segment = segments.segment and counted.category = booker.category
)

select
  segment,
  category,
  n,
  share(missed, n) as value,
  share_low(missed, n) as low,
  share_high(missed, n) as high,
  {'missed': missed, 'kept': n - missed} as parts,
  if(n = 0, 'No appointment to count.', null) as note
from joined
order by segment, position
