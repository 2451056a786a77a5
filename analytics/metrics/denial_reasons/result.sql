-- One row for each segment and reason, those that nothing was denied for too.
with critical as (
  select goodman_z(5) as of_reasons
),

reason (position, category) as (
  values (1, 'not-medically-necessary'), (2, 'information-missing'), (3, 'not-covered'), (4, 'out-of-network'), (5, 'other')
),

left_out as (
  select segment, count(*) filter (why = 'not-denied') as left_out_not_denied from exclusions group by segment
),

counted as (
  select segment, count(*) as n from denominator group by segment
),

denied_of as (
  select
    segment,
    category,
    count(*) as denied,
    count(*) filter (outcome in ('approved', 'not-needed')) as overturned,
    count(*) filter (outcome in ('denied', 'pending')) as stands
  from numerator
  group by segment, category
),

joined as (
  select
    left_out.segment,
    reason.position,
    reason.category,
    coalesce(counted.n, 0) as n,
    coalesce(denied_of.denied, 0) as denied,
    coalesce(denied_of.overturned, 0) as overturned,
    coalesce(denied_of.stands, 0) as stands
  from left_out
  cross join reason
  left join counted using (segment)
  left join denied_of on denied_of.segment = left_out.segment and denied_of.category = reason.category
)

select
  segment,
  category,
  n,
  share(denied, n) as value,
  goodman_low(denied, n, of_reasons) as low,
  goodman_high(denied, n, of_reasons) as high,
  { 'denied': denied, 'overturned': overturned, 'stands': stands } as parts,
  case when n = 0 then 'Nothing was denied.' end as note
from joined
cross join critical
order by segment, position
