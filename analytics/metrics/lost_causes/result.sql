-- One row for each segment, way and cause, those that nothing was lost by too. 38 categories: these 37 and the rest.
with critical as (
  select goodman_z(38) as of_causes
),

cause as (
  select 1 as way_position, 'leaked' as way, position, cause_group, cause
  from core__cause
  where recorded and avoidability in ('avoidable', 'unknown')
  union all
  select 2 as way_position, 'unseen' as way, position, cause_group, cause
  from core__cause
),

counted as (
  select
    segment,
    total(many, why is null) as n,
    total(many, why is null and way = 'leaked') as leaked,
    total(many, why is null and way = 'unseen') as unseen
  from tally
  group by segment
),

lost_of as (
  select segment, way_and_cause as category, total(many, true) as lost, total(many, is_recorded) as reason_recorded
  from tally
  where why is null and way is not null
  group by segment, way_and_cause
),

joined as (
  select
    counted.segment,
    cause.way_position,
    cause.position,
    cause.way || '/' || cause.cause_group || '/' || cause.cause as category,
    counted.n,
    if(cause.way = 'leaked', leaked, unseen) as same_way,
    coalesce(lost_of.lost, 0) as lost,
    coalesce(lost_of.reason_recorded, 0) as reason_recorded
  from counted
  cross join cause
  left join lost_of
    on lost_of.segment = counted.segment and lost_of.category = cause.way || '/' || cause.cause_group || '/' || cause.cause
)

select
  segment,
  category,
  n,
  share(lost, n) as value,
  goodman_low(lost, n, of_causes) as low,
  goodman_high(lost, n, of_causes) as high,
  {
    'lost': lost,
    'recorded': reason_recorded,
    'observed': lost - reason_recorded,
    'same_way': same_way,
    'of_way_share': share(lost, same_way)
  } as parts,
  case when n = 0 then 'No referral is old enough to judge.' end as note
from joined
cross join critical
order by segment, way_position, position
