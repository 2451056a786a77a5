-- One row for each segment and reason, those that nobody left for too.
with critical as (
  select goodman_z(16) as of_reasons, goodman_z(15) as of_known, goodman_z(7) as of_groups
),

reason as (
  select position, cause_group, cause, cause_group || '/' || cause as category
  from core__cause
  where recorded
),

counted as (
  select segment, total(many, why is null) as n, total(many, why is null and cause <> 'unknown') as known
  from tally
  group by segment
),

of_group as (
  select segment, cause_group, total(many, true) as group_out
  from tally
  where why is null
  group by segment, cause_group
),

of_reason as (
  select segment, cause_group || '/' || cause as category, total(many, true) as went_out, total(many, is_recorded) as reason_recorded
  from tally
  where why is null
  group by segment, cause_group, cause
),

joined as (
  select
    counted.segment,
    reason.position,
    reason.category,
    reason.cause,
    counted.n,
    counted.known,
    coalesce(of_group.group_out, 0) as group_out,
    coalesce(of_reason.went_out, 0) as went_out,
    coalesce(of_reason.reason_recorded, 0) as reason_recorded
  from counted
  cross join reason
  left join of_group on of_group.segment = counted.segment and of_group.cause_group = reason.cause_group
  left join of_reason on of_reason.segment = counted.segment and of_reason.category = reason.category
)

select
  segment,
  category,
  n,
  share(went_out, n) as value,
  goodman_low(went_out, n, of_reasons) as low,
  goodman_high(went_out, n, of_reasons) as high,
  {
    'went_out': went_out,
    'recorded': reason_recorded,
    'known': known,
    'of_known_share': if(cause = 'unknown', null, share(went_out, known)),
    'of_known_low': if(cause = 'unknown', null, goodman_low(went_out, known, of_known)),
    'of_known_high': if(cause = 'unknown', null, goodman_high(went_out, known, of_known)),
    'group_out': group_out,
    'group_share': share(group_out, n),
    'group_low': goodman_low(group_out, n, of_groups),
    'group_high': goodman_high(group_out, n, of_groups)
  } as parts,
  case
    when n = 0 then 'Nobody is known to have been seen outside the network.'
    when known < n then 'A reason is known of ' || known || ' of ' || n || '.'
  end as note
from joined
cross join critical
order by segment, position
