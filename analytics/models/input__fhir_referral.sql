-- The orders of an export that ask a specialist: one row each, with what is known of them when they were written.
-- In: every order that the view calls a referral, or whose code asks one of our specialties. `left_out` says why one of them makes no events.
-- Without authoredOn an order is dated by the encounter it was written in.
with encounter as (
  select key, min(began) as began, min(clinic) as clinic
  from input__fhir_encounter
  group by key
),

-- The coverage the order names, else the newest of the patient's that was in force on the day.
payer as (
  select
    request.key as referral,
    arg_max(
      coalesce(organization.name, coverage.payer_name),
      {
        'named': coverage.key is not distinct from request.coverage,
        'began': coalesce(coverage.began, ''),
        'key': coverage.key
      }
    ) as name
  from input__fhir_service_request as request
  inner join input__fhir_coverage as coverage
    on coverage.patient = request.patient
    and (
      coverage.key is not distinct from request.coverage
      or (
        coverage.status = 'active'
        and coalesce(fhir_day(coverage.began) <= fhir_day(request.authored), true)
        and coalesce(fhir_day(coverage.ended) >= fhir_day(request.authored), true)
      )
    )
  left join input__fhir_organization as organization on organization.key = coverage.payer
  group by request.key
),

-- What payers said of the network, by who was paid.
paid as (
  select
    referral,
    coalesce(provider_npi, performer.npi) as npi,
    case when bool_or(is_out) then 'out' when bool_or(is_in) then 'in' else 'unknown' end as network
  from input__fhir_explanation_of_benefit as benefit
  left join input__fhir_performer as performer on performer.key = benefit.provider
  where referral is not null
  group by all
)

select
  request.key as referral,
  request.patient,
  request.status,
  coalesce(fhir_day(request.authored), fhir_day(encounter.began)) as ordered_on,
  fhir_day(request.changed) as changed_on,
  case request.priority when 'stat' then 'emergency' when 'urgent' then 'urgent' when 'asap' then 'urgent' else 'routine' end as urgency,
  case when request.is_imaging then 'imaging' when request.is_procedure then 'procedure' else 'visit' end as service,
  coalesce(by_code.specialty, by_nucc.specialty) as specialty,
  request.requester,
  coalesce(requesting.name, clinic.name) as clinic,
  payer.name as payer,
  patient.postal_code,
  patient.language,
  coalesce(request.performer_npi, performer.npi) as performer,
  coalesce(request.performer_nucc, performer.nucc) as performer_nucc,
  coalesce(paid.network, 'unknown') as network,
  case
    when request.status = 'entered-in-error' then 'entered-in-error'
    when request.intent not in ('order', 'original-order', 'reflex-order', 'filler-order', 'instance-order') then 'not-an-order'
    when request.patient is null then 'no-patient'
    when coalesce(fhir_day(request.authored), fhir_day(encounter.began)) is null then 'no-day'
    when coalesce(fhir_day(request.authored), fhir_day(encounter.began)) > snapshot.as_of then 'after-the-snapshot'
  end as left_out
from input__fhir_service_request as request
cross join snapshot
left join encounter on encounter.key = request.encounter
left join input__fhir_organization as clinic on clinic.key = encounter.clinic
left join input__fhir_performer as requester on requester.key = request.requester
left join input__fhir_organization as requesting on requesting.key = requester.organization
left join input__fhir_performer as performer on performer.key = request.performer
left join input__fhir_patient as patient on patient.key = request.patient
left join fhir_specialty as by_code on by_code.code = request.referral_code
left join fhir_specialty as by_nucc on by_nucc.code = coalesce(request.performer_nucc, performer.nucc)
left join payer on payer.referral = request.key
left join paid on paid.referral = request.key and paid.npi = coalesce(request.performer_npi, performer.npi)
where request.is_referral or by_code.specialty is not null
