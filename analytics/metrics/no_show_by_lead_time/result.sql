-- One row for each segment and lead time, those with nobody to count too.
with band as (
  select unnest(['same-day', 'one-week', 'two-weeks', 'four-weeks', 'longer', 'unknown']) as category, unnest(range(6)) as position
),

segments as (
  select distinct segment
  from tally
),

counted as (
  select
    segment,
    category,
    total(many, why is null) as n,
    total(many, why is null and is_missed) as missed,
    total(many, why = 'cancelled' and cancelled_late) as cancelled_late
  from tally
  group by segment, category
),

joined as (
  select
    segments.segment,
    band.category,
    band.position,
    coalesce(n, 0) as n,
    coalesce(missed, 0) as missed,
    coalesce(cancelled_late, 0) as cancelled_late
  from segments
  cross join band
  left join counted on counted.segment = segments.segment and counted.category = band.category
)

select
  segment,
  category,
  n,
  share(missed, n) as value,
  share_low(missed, n) as low,
  share_high(missed, n) as high,
  {'missed': missed, 'kept': n - missed, 'cancelled_late': cancelled_late} as parts,
  if(n = 0, 'No appointment to count.', null) as note
from joined
order by segment, position
