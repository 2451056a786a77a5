-- Every ServiceRequest with what keeps it from being a first referral; nothing where it can be one.
-- In: whatever its status. Out: nothing; the rules say why each does not count.
with coded as (
  select distinct id
  from (select id, unnest(codes) as coding from service_request) as each_code
  inner join value_set_code as known on known.system = each_code.coding.system and known.code = each_code.coding.code
  where known.role = 'referral'
),

dated as (
  select
    service_request.*,
    moment_at(authored_on) as authored_at,
    moment_known(authored_on, zone) as authored_known,
    parameters.*
  from service_request
  cross join parameters
)

select
  dated.id,
  dated.patient,
  dated.authored_at,
  dated.authored_known,
  moment_earliest(authored_at, authored_known, zone) as authored_earliest,
  list_filter(
    [
      if(status in ('active', 'completed'), null, {'rule': 'referral-status', 'value': shown_code(status)}),
      if(intent = 'order', null, {'rule': 'referral-intent', 'value': shown_code(intent)}),
      if(coded.id is not null, null, {'rule': 'referral-code', 'value': null::varchar}),
      case
        when authored_on is null then {'rule': 'referral-undated', 'value': null::varchar}
        when authored_known is null then {'rule': 'referral-date-unreadable', 'value': null::varchar}
        when moment_within(authored_known, period_start, referrals_until) then null
        when authored_known < period_start[:length(authored_known)] then {'rule': 'referral-before-period', 'value': authored_known}
        when authored_known > referrals_until[:length(authored_known)] then {'rule': 'referral-after-october', 'value': authored_known}
        else {'rule': 'referral-date-too-coarse', 'value': authored_known}
      end
    ],
    lambda why: why is not null
  ) as why_not
from dated
left join coded using (id)
