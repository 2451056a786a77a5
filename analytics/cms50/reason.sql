-- Why each patient is in or out: of the referral, of the visit, and of the report what counts, or else all that does not and why.
with referral_reason as (
  select patient, 'first-referral' as rule, 'ServiceRequest/' || id as resource, authored_known as value from first_referral
  union all
  select rival.patient, 'first-referral-tied' as rule, 'ServiceRequest/' || rival.id as resource, null as value
  from considered_referral as rival
  inner join first_referral as first on first.patient = rival.patient and first.id <> rival.id
  where
    len(rival.why_not) = 0
    and not coalesce(moment_after(rival.authored_at, rival.authored_known, first.authored_at, first.authored_known), false)
  union all
  select patient, why.rule, 'ServiceRequest/' || id as resource, why.value
  from (select patient, id, unnest(why_not) as why from considered_referral)
  where patient not in (select patient from first_referral)
  union all
  select patient, 'no-referral' as rule, null as resource, null as value
  from patient_outcome
  where patient not in (select patient from service_request)
),

visit as (
  select patient, 'encounter' as rule, 'Encounter/' || id as resource, why_not from considered_encounter
  union all
  select patient, 'procedure' as rule, 'Procedure/' || id as resource, why_not from considered_procedure
),

counting_visit as (
  select patient, rule, resource, null as value
  from visit
  where len(why_not) = 0
  qualify row_number() over (partition by patient order by resource) = 1
),

visit_reason as (
  select * from counting_visit
  union all
  select patient, why.rule, resource, why.value
  from (select patient, resource, unnest(why_not) as why from visit)
  where patient not in (select patient from counting_visit)
  union all
  select patient, 'no-visit' as rule, null as resource, null as value
  from patient_outcome
  where patient not in (select patient from visit)
),

counting_report as (
  select patient, 'report' as rule, 'Task/' || id as resource, ended_known as value
  from considered_report
  where len(why_not) = 0
  qualify row_number() over (partition by patient order by ended_earliest, id) = 1
),

report_reason as (
  select * from counting_report
  union all
  select patient, why.rule, 'Task/' || id as resource, why.value
  from (select patient, id, unnest(why_not) as why from considered_report)
  where patient not in (select patient from counting_report)
  union all
  select patient, 'no-report' as rule, null as resource, null as value
  from first_referral
  where patient not in (select patient from considered_report)
)

select if(rule = 'first-referral', 1, 2) as part, * from referral_reason
union all
select 3 as part, * from visit_reason
union all
select 4 as part, * from report_reason
