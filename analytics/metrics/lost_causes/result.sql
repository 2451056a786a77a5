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

everyone as (
  select segment from exclusions group by segment
),

counted as (
  select
    segment,
    count(*) as n,
    count(*) filter (way = 'leaked') as leaked,
    count(*) filter (way = 'unseen') as unseen
  from denominator
  group by segment
),

lost_of as (
  select segment, category, count(*) as lost, count(*) filter (is_recorded) as reason_recorded
  from numerator
  group by segment, category
),

joined as (
  select
    everyone.segment,
    cause.way_position,
    cause.position,
    cause.way || '/' || cause.cause_group || '/' || cause.cause as category,
    coalesce(counted.n, 0) as n,
    coalesce(if(cause.way = 'leaked', leaked, unseen), 0) as same_way,
    coalesce(lost_of.lost, 0) as lost,
    coalesce(lost_of.reason_recorded, 0) as reason_recorded
  from everyone
  cross join cause
  left join counted using (segment)
  left join lost_of
    on lost_of.segment = everyone.segment and lost_of.category = cause.way || '/' || cause.cause_group || '/' || cause.cause
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
