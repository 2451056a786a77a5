-- Every Procedure with what keeps it from counting: status completed, a code of the measure, performed on days of the period.
-- performedDateTime is a period of one moment. Performed as an age, a range or a text says no day.
with coded as (
  select distinct id
  from (select id, unnest(codes) as coding from procedure) as each_code
  inner join value_set_code as known on known.system = each_code.coding.system and known.code = each_code.coding.code
  where known.role = 'procedure'
),

dated as (
  select
    procedure.*,
    moment_at(performed_from) as from_at,
    moment_at(performed_to) as to_at,
    moment_known(performed_from, zone) as from_known,
    moment_known(performed_to, zone) as to_known,
    parameters.*
  from procedure
  cross join parameters
)

select
  dated.id,
  dated.patient,
  list_filter(
    [
      if(status = 'completed', null, {'rule': 'procedure-status', 'value': shown_code(status)}),
      if(coded.id is not null, null, {'rule': 'procedure-code', 'value': null::varchar}),
      case
        when performed_from is null or performed_to is null then {'rule': 'procedure-undated', 'value': null::varchar}
        when from_known is null or to_known is null or moment_after(from_at, from_known, to_at, to_known)
          then {'rule': 'procedure-date-unreadable', 'value': null::varchar}
        when moment_within(from_known, period_start, period_end) and moment_within(to_known, period_start, period_end) then null
        else {'rule': 'procedure-outside-period', 'value': from_known || ' to ' || to_known}
      end
    ],
    lambda why: why is not null
  ) as why_not
from dated
left join coded using (id)
