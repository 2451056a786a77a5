-- Every Encounter with what keeps it from counting: status finished, a type of the value sets, its whole period on days of the measure's.
with coded as (
  select distinct id
  from (select id, unnest(types) as coding from encounter) as each_type
  inner join value_set_code as known on known.system = each_type.coding.system and known.code = each_type.coding.code
  where known.role = 'encounter'
),

dated as (
  select
    encounter.*,
    moment_at(period_from) as from_at,
    moment_at(period_to) as to_at,
    moment_known(period_from, zone) as from_known,
    moment_known(period_to, zone) as to_known,
    parameters.*
  from encounter
  cross join parameters
)

select
  dated.id,
  dated.patient,
  list_filter(
    [
      if(status = 'finished', null, {'rule': 'encounter-status', 'value': shown_code(status)}),
      if(coded.id is not null, null, {'rule': 'encounter-type', 'value': null::varchar}),
      case
        when period_from is null or period_to is null then {'rule': 'encounter-undated', 'value': null::varchar}
        when from_known is null or to_known is null or moment_after(from_at, from_known, to_at, to_known)
          then {'rule': 'encounter-date-unreadable', 'value': null::varchar}
        when moment_within(from_known, period_start, period_end) and moment_within(to_known, period_start, period_end) then null
        else {'rule': 'encounter-outside-period', 'value': from_known || ' to ' || to_known}
      end
    ],
    lambda why: why is not null
  ) as why_not
from dated
left join coded using (id)
