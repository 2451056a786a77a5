-- What the input lacks for the measure, each with how many; what is not lacking has no row.
with known_system as (
  select 'ServiceRequest' as type, id from (select id, unnest(codes) as coding from service_request) where coding.system is not null
  union
  select 'Encounter' as type, id from (select id, unnest(types) as coding from encounter) where coding.system is not null
),

known_referral as (
  select named.id
  from (select id, unnest(based_on) as referral from task) as named
  inner join service_request on service_request.id = named.referral
),

lacking as (
  select 'no-patients' as lack, if((select count(*) from patient) = 0, 1, 0) as n
  union all
  select 'no-service-requests', if((select count(*) from service_request) = 0, 1, 0)
  union all
  select 'no-tasks', if((select count(*) from task) = 0, 1, 0)
  union all
  select 'no-visits', if((select count(*) from encounter) + (select count(*) from procedure) = 0, 1, 0)
  union all
  select 'patient-not-in-input', count(*) from patient_outcome where patient not in (select id from patient)
  union all
  select 'referral-undated', count(*) from service_request where authored_on is null
  union all
  select 'referral-without-code', count(*) from service_request
  where id not in (select id from known_system where type = 'ServiceRequest')
  union all
  select 'task-without-based-on', count(*) from task where len(based_on) = 0
  union all
  select 'task-without-end', count(*) from task where status = 'completed' and ended is null
  union all
  select 'task-without-patient', count(*) from task where patient is null
  union all
  select 'task-of-unknown-referral', count(*) from task
  where len(based_on) > 0 and id not in (select id from known_referral)
  union all
  select 'encounter-without-period', count(*) from encounter where period_from is null or period_to is null
  union all
  select 'encounter-without-type', count(*) from encounter where id not in (select id from known_system where type = 'Encounter')
  union all
  select 'several-versions', count(*) from several_versions
)

select lack, n from lacking where n > 0
