-- One row for each segment and reason, those that nothing was denied for too.
with critical as (
  select goodman_z(5) as of_reasons
),

reason (position, category) as (
  values (1, 'not-medically-necessary'), (2, 'information-missing'), (3, 'not-covered'), (4, 'out-of-network'), (5, 'other')
),

counted as (
  select segment, total(many, why is null) as n
  from tally
  group by segment
),

denied_of as (
  select
    segment,
    denial_reason as category,
    total(many, true) as denied,
    total(many, outcome in ('approved', 'not-needed')) as overturned,
    total(many, outcome in ('denied', 'pending')) as stands
  from tally
  where why is null
  group by segment, denial_reason
),

joined as (
  select
    counted.segment,
    reason.position,
    reason.category,
    counted.n,
    coalesce(denied_of.denied, 0) as denied,
    coalesce(denied_of.overturned, 0) as overturned,
    coalesce(denied_of.stands, 0) as stands
  from counted
  cross join reason
  left join denied_of on denied_of.segment = counted.segment and denied_of.category = reason.category
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
