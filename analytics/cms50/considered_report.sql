-- Every Task of a patient with a first referral, or about that referral, with what keeps it from being its report.
-- Linked by basedOn, never by focus. Out: Tasks of patients without a first referral; nothing could be the report there.
with coded as (
  select distinct id
  from (select id, unnest(codes) as coding from task) as each_code
  inner join value_set_code as known on known.system = each_code.coding.system and known.code = each_code.coding.code
  where known.role = 'report'
),

-- Whom a Task is about: whom it is for, and whose referral it names.
about as (
  select task.id, first_referral.id as referral
  from task
  inner join first_referral on first_referral.patient = task.patient
  union
  select named.id, first_referral.id as referral
  from (select id, unnest(based_on) as referral from task) as named
  inner join first_referral on first_referral.id = named.referral
  union
  select task.id, first_referral.id as referral
  from task
  inner join first_referral on first_referral.id = task.focus
  -- With no patient of its own it may be of another referral of the patient.
  union
  select named.id, first_referral.id as referral
  from (select id, unnest(based_on) as referral from task where patient is null) as named
  inner join service_request on service_request.id = named.referral
  inner join first_referral on first_referral.patient = service_request.patient
),

dated as (
  select
    task.*,
    first_referral.id as referral,
    first_referral.patient as referred,
    first_referral.authored_at,
    first_referral.authored_known,
    moment_at(ended) as ended_at,
    moment_known(ended, zone) as ended_known,
    parameters.*
  from about
  inner join task on task.id = about.id
  inner join first_referral on first_referral.id = about.referral
  cross join parameters
)

select
  dated.id,
  dated.referred as patient,
  ended_known,
  moment_earliest(ended_at, ended_known, zone) as ended_earliest,
  list_filter(
    [
      if(coded.id is not null, null, {'rule': 'report-code', 'value': null::varchar}),
      if(status = 'completed', null, {'rule': 'report-status', 'value': shown_code(status)}),
      case
        when list_contains(based_on, referral) then null
        when focus = referral then {'rule': 'report-linked-by-focus', 'value': null::varchar}
        when len(based_on) = 0 then {'rule': 'report-without-based-on', 'value': null::varchar}
        else {'rule': 'report-of-another-referral', 'value': null::varchar}
      end,
      if(dated.patient <> referred, {'rule': 'report-for-another-patient', 'value': null::varchar}, null),
      case
        when ended is null then {'rule': 'report-end-missing', 'value': null::varchar}
        when ended_known is null then {'rule': 'report-end-unreadable', 'value': null::varchar}
        when moment_after(ended_at, ended_known, authored_at, authored_known) then null
        when moment_after(ended_at, ended_known, authored_at, authored_known) is null
          then {'rule': 'report-not-surely-after', 'value': ended_known}
        else {'rule': 'report-not-after', 'value': ended_known}
      end,
      case
        when ended_known is null or moment_within(ended_known, period_start, period_end) then null
        when ended_known < period_start[:length(ended_known)] or ended_known > period_end[:length(ended_known)]
          then {'rule': 'report-outside-period', 'value': ended_known}
        else {'rule': 'report-date-too-coarse', 'value': ended_known}
      end
    ],
    lambda why: why is not null
  ) as why_not
from dated
left join coded using (id)
