-- What resources tell of each referral, as the events that Refloop would have kept of it: the models after this know no difference.
-- In: what names the order it comes of (basedOn, focus, context.related, referral). Out: what can only be guessed to belong to it.
-- A resource says how things stand and when it was last changed. Only what has a time of its own is dated; the rest is inferred
-- (effective_on is null), so that no duration rests on it. Nothing in FHIR says when a report was reviewed.
with referral as (
  select * from input__fhir_referral where left_out is null
),

asked as (
  select *, coalesce(status = 'draft', false) as is_draft from referral
),

-- Of a visit that has an appointment and an encounter, the encounter says when it began.
visit as (
  select
    referral,
    coalesce(encounter.appointment, encounter.key) as visit,
    encounter.appointment,
    min(fhir_day(encounter.began)) as seen_on
  from (
    select key, appointment, began, status, referral from input__fhir_encounter where referral is not null
    union
    select encounter.key, encounter.appointment, encounter.began, encounter.status, appointment.referral
    from input__fhir_encounter as encounter
    inner join input__fhir_appointment as appointment on appointment.key = encounter.appointment
  ) as encounter
  where encounter.status = 'finished'
  group by all
  union all
  select appointment.referral, appointment.key as visit, appointment.key as appointment, fhir_day(appointment.starts) as seen_on
  from input__fhir_appointment as appointment
  where
    appointment.status = 'fulfilled'
    and not exists (
      from input__fhir_encounter as encounter where encounter.appointment = appointment.key and encounter.status = 'finished'
    )
  union all
  select
    procedure.referral,
    procedure.key as visit,
    null as appointment,
    coalesce(fhir_day(procedure.performed), fhir_day(procedure.began)) as seen_on
  from input__fhir_procedure as procedure
  where procedure.status = 'completed'
),

-- A claim and what the payer made of it are one visit.
paid as (
  select
    claim.referral,
    coalesce(claim.provider_npi, performer.npi) as npi,
    performer.nucc,
    fhir_day(claim.served) as seen_on,
    coalesce(min(fhir_day(claim.created)), min(fhir_day(claim.served))) as recorded_on,
    case when bool_or(claim.is_out) then 'out' when bool_or(claim.is_in) then 'in' else 'unknown' end as network
  from (
    select referral, provider, provider_npi, served, created, false as is_in, false as is_out
    from input__fhir_claim
    where use = 'claim' and status = 'active'
    union all
    select referral, provider, provider_npi, served, created, is_in, is_out
    from input__fhir_explanation_of_benefit
    where use = 'claim' and status = 'active'
  ) as claim
  left join input__fhir_performer as performer on performer.key = claim.provider
  where claim.referral is not null
  group by claim.referral, coalesce(claim.provider_npi, performer.npi), performer.nucc, fhir_day(claim.served)
),

report as (
  select
    referral,
    key,
    fhir_day(written) as written_on,
    fhir_day(changed) as changed_on,
    coalesce(doc_status, 'final') in ('final', 'amended') as is_final,
    author
  from input__fhir_document_reference
  where status = 'current' and coalesce(doc_status, 'final') <> 'entered-in-error'
  union
  select
    referral,
    key,
    coalesce(fhir_day(issued), fhir_day(effective)) as written_on,
    fhir_day(changed) as changed_on,
    status in ('final', 'amended', 'corrected', 'appended') as is_final,
    author
  from input__fhir_diagnostic_report
  where status not in ('registered', 'cancelled', 'entered-in-error', 'unknown')
),

task as (
  select *, fhir_day(authored) as sent_on, fhir_day(modified) as modified_on
  from input__fhir_task
  where referral is not null and status not in ('draft', 'entered-in-error')
),

booking as (
  select
    *,
    fhir_day(created) as booked_on,
    fhir_day(starts) as starts_on,
    fhir_day(changed) as changed_on,
    case
      when starts_with(reason, 'pat') then 'patient'
      when starts_with(reason, 'prov') then 'specialist'
      else 'unknown'
    end as cancelled_by
  from input__fhir_appointment
  where referral is not null and status not in ('proposed', 'pending', 'waitlist', 'entered-in-error')
),

moment as (
  select referral, 1 as step, 'referral-started' as type, ordered_on as effective_on, ordered_on as recorded_on, referral as source
  from asked
  union all by name
  select
    referral, 2 as step, 'referral-approved' as type, ordered_on as effective_on, ordered_on as recorded_on, referral as source,
    1 as attempt, performer, performer_nucc, network
  from asked
  where not is_draft
  union all by name
  select
    referral, 3 as step, 'write-step-settled' as type, ordered_on as effective_on, ordered_on as recorded_on, referral as source,
    'active' as order_standing
  from asked
  where not is_draft
  union all by name
  select
    referral, 9 as step, 'order-status-observed' as type, null as effective_on, coalesce(changed_on, ordered_on) as recorded_on,
    referral as source, 'revoked' as order_standing
  from asked
  where status = 'revoked'
  union all by name
  select
    referral, 4 as step, 'attempt-sent' as type, sent_on as effective_on, coalesce(sent_on, modified_on) as recorded_on, key as source,
    1 as attempt, 'fhir' as detail
  from task
  where status not in ('cancelled')
  union all by name
  select
    referral, 5 as step, 'attempt-received' as type, modified_on as effective_on, modified_on as recorded_on, key as source, 1 as attempt
  from task
  where status = 'received'
  union all by name
  -- Who has begun or ended the work has accepted it, but the day of that is gone.
  select
    referral, 5 as step, 'attempt-accepted' as type, if(status = 'accepted', modified_on, null) as effective_on,
    modified_on as recorded_on, key as source, 1 as attempt
  from task
  where status in ('accepted', 'in-progress', 'on-hold', 'completed')
  union all by name
  select
    referral, 5 as step, 'attempt-declined' as type, modified_on as effective_on, modified_on as recorded_on, key as source, 1 as attempt,
    coalesce(reason, 'other') as detail
  from task
  where status = 'rejected'
  union all by name
  select
    referral, 6 as step, 'appointment-booked' as type, booked_on as effective_on,
    coalesce(booked_on, least(starts_on, changed_on)) as recorded_on, key as source, 1 as attempt, key as appointment, starts_on
  from booking
  union all by name
  select
    referral, 7 as step, 'appointment-missed' as type, starts_on as effective_on, starts_on as recorded_on, key as source, 1 as attempt,
    key as appointment
  from booking
  where status = 'noshow'
  union all by name
  select
    referral, 7 as step, 'appointment-cancelled' as type, null as effective_on, coalesce(changed_on, starts_on) as recorded_on,
    key as source, 1 as attempt, key as appointment, cancelled_by as detail
  from booking
  where status = 'cancelled'
  union all by name
  select
    referral, 7 as step, 'patient-seen' as type, seen_on as effective_on, seen_on as recorded_on, visit as source, 1 as attempt, appointment
  from visit
  union all by name
  select
    paid.referral, 7 as step, 'patient-seen' as type, paid.seen_on as effective_on, paid.recorded_on, 'claim' as source, 1 as attempt
  from paid
  inner join asked using (referral)
  where
    (paid.npi is null or asked.performer is null or paid.npi = asked.performer)
    and not exists (from visit where visit.referral = paid.referral)
  union all by name
  select
    paid.referral, 7 as step, 'seen-elsewhere' as type, paid.seen_on as effective_on, paid.recorded_on, 'claim' as source,
    paid.npi as performer, paid.nucc as performer_nucc, paid.network, 'claim' as detail
  from paid
  inner join asked using (referral)
  where paid.npi <> asked.performer
  union all by name
  select
    report.referral, 8 as step, 'report-received' as type, report.written_on as effective_on,
    coalesce(report.written_on, report.changed_on) as recorded_on, report.key as source, report.key as report,
    if(report.is_final, 'final', 'interim') as detail, author.npi as performer
  from report
  left join input__fhir_performer as author on author.key = report.author
  union all by name
  select
    referral, 8 as step, 'report-matched' as type, written_on as effective_on, coalesce(written_on, changed_on) as recorded_on,
    key as source, key as report, 1 as attempt
  from report
),

-- What was not known by the moment the snapshot is of, and what bears no day at all, is not there yet.
known as (
  select
    moment.*,
    row_number() over (
      partition by moment.referral
      order by if(moment.step <= 3, 0, 1), moment.recorded_on, moment.step, moment.type desc, moment.source, moment.performer, moment.effective_on
    ) as sequence
  from (select distinct * from moment) as moment
  inner join asked using (referral)
  cross join snapshot
  where moment.recorded_on <= snapshot.as_of and (moment.step = 1 or not asked.is_draft)
)

select
  known.referral,
  asked.patient,
  known.sequence::integer as sequence,
  known.type,
  known.effective_on,
  known.recorded_on,
  if(known.step = 1, asked.specialty, null) as specialty,
  if(known.step = 1, asked.urgency, null) as urgency,
  if(known.step = 1, asked.service, null) as service,
  if(known.step = 2, asked.requester, null) as requester,
  if(known.step = 2, asked.clinic, null) as clinic,
  if(known.step = 2, asked.payer, null) as payer,
  if(known.step = 2, asked.postal_code, null) as postal_code,
  if(known.step = 2, asked.language, null) as language,
  known.performer,
  known.performer_nucc,
  known.network,
  known.attempt,
  known.appointment,
  known.starts_on,
  known.report,
  known.order_standing,
  known.detail
from known
inner join asked using (referral)
