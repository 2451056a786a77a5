-- One row for each referral: what was asked, where the order stands, and when it was sent, answered, accepted, scheduled, seen (and with
-- whom), answered by a note, reviewed and closed. `_on` is the day; `_by` the day by which it had happened, also where the day is unknown.
-- In: every referral that was begun, drafts too; what is counted of it each metric says for itself.
-- Out: what happened before the order in force, except the reason of a loss, which is of the referral; and what only a note showed that
-- was taken off.
with asked as (
  select
    referral,
    any_value(tenant) as tenant,
    any_value(issuer) as issuer,
    any_value(site) as ehr_site,
    any_value(patient) as patient,
    min(recorded_on) as started_on,
    arg_max(specialty, sequence) filter (specialty is not null) as specialty,
    arg_max(urgency, sequence) filter (urgency is not null) as urgency,
    arg_max(service, sequence) filter (service is not null) as service,
    bool_or(type = 'recommendation-made') as recommended,
    arg_max(detail, sequence) filter (type = 'loss-reason-recorded') as loss_reason
  from input__event
  group by referral
),

since_order as (
  select
    event.referral,
    event.type,
    {
      'day': if(event.effective_on >= core__order.ordered_on, event.effective_on, null),
      'known_on': coalesce(event.effective_on, event.recorded_on)
    } as moment,
    {'known_on': coalesce(event.effective_on, event.recorded_on), 'sequence': event.sequence} as told
  from input__event as event
  inner join core__order using (referral)
  where event.sequence > core__order.approved_at and event.withdrawn is not true
),

-- The first of each stage by the day on which it was known, of the same day the one told first. What is only inferred, or dated before
-- the order, has no day: no time is reckoned from it.
stage as (
  select
    referral,
    arg_min(moment, told) filter (type = 'attempt-sent') as sent,
    -- A person there has it, takes it, declines it or books: what a machine says is no answer.
    arg_min(moment, told) filter (
      type in ('attempt-received', 'attempt-accepted', 'work-begun', 'attempt-declined', 'appointment-booked')
    ) as answered,
    arg_min(moment, told) filter (type = 'attempt-accepted') as accepted,
    arg_min(moment, told) filter (type = 'attempt-declined') as declined,
    arg_min(moment, told) filter (type = 'appointment-booked') as booked,
    arg_min(moment, told) filter (type = 'patient-seen') as seen
  from since_order
  group by referral
),

appointments as (
  select
    referral,
    count(*) filter (outcome = 'missed') as no_shows,
    count(*) filter (outcome = 'cancelled') as cancelled_appointments,
    count(*) filter (cancelled_late) as late_cancellations
  from core__appointment
  group by referral
),

-- Where somebody was seen twice, the first time counts: that is where the referral led.
seen as (
  select
    visit.referral,
    count(*) as visits,
    min(visit.known_on) as seen_by,
    min(visit.seen_on) filter (visit.seen_on >= core__order.ordered_on) as seen_on,
    arg_min(
      {'place': visit.place, 'attempt': visit.attempt, 'network': visit.network, 'asked_network': visit.asked_network},
      {'known_on': visit.known_on, 'sequence': visit.sequence}
    ) as first_visit
  from core__visit as visit
  inner join core__order using (referral)
  group by visit.referral
),

-- Of the final reports, which answer the question. The loop closes with the review of one, by what was asked for (closure.ts): for a visit,
-- of one that answers an attempt at which the patient was seen.
answer as (
  select
    report.referral,
    min(report.received_by) as note_received_by,
    arg_min(
      {
        'day': if(report.received_on >= core__order.ordered_on, report.received_on, null),
        'known_on': report.received_by,
        'linked_on': report.linked_on
      },
      {'known_on': report.received_by, 'sequence': report.sequence}
    ) filter (report.attempt is not null) as note,
    min(report.reviewed_on) as reviewed_on,
    min(report.reviewed_on) filter (visited.attempt is not null) as visit_reviewed_on
  from core__report as report
  inner join core__order using (referral)
  left join (select distinct referral, attempt from core__visit where place = 'asked') as visited
    on visited.referral = report.referral and visited.attempt = report.attempt
  where report.form = 'final'
  group by report.referral
),

any_report as (
  select referral, min(received_by) as report_received_by
  from core__report
  group by referral
)

select
  asked.tenant,
  asked.issuer,
  -- The clinic that ordered, where the EHR tells it; else all of the EHR's site.
  coalesce(core__order.clinic, asked.ehr_site) as site,
  asked.referral,
  asked.patient,
  asked.started_on,
  asked.specialty,
  asked.urgency,
  asked.service,
  core__order.requester,
  core__order.payer,
  core__order.zip3,
  core__order.miles,
  -- Bands of what patients travel; the bounds are ours.
  case
    when core__order.miles < 5 then 'under 5 miles'
    when core__order.miles < 15 then '5 to 15 miles'
    when core__order.miles < 30 then '15 to 30 miles'
    when core__order.miles >= 30 then '30 miles or more'
  end as distance,
  core__order.language,
  core__order.ordered_on,
  strftime(core__order.ordered_on, '%Y-%m') as month,
  -- The week of ISO 8601: it begins on Monday and belongs to the year of its Thursday.
  strftime(core__order.ordered_on, '%G-W%V') as week,
  core__order.ordered_performer,
  core__order.ordered_network,
  asked.recommended,
  core__order.ordered_rank,
  coalesce(core__order.standing, 'draft') as standing,
  coalesce(core__order.was_active, false) as was_active,
  core__order.ended_how,
  core__order.ended_on,
  stage.sent.day as sent_on,
  stage.sent.known_on as sent_by,
  stage.answered.day as answered_on,
  stage.answered.known_on as answered_by,
  stage.accepted.day as accepted_on,
  stage.accepted.known_on as accepted_by,
  stage.declined.known_on as declined_by,
  stage.booked.day as booked_on,
  stage.booked.known_on as booked_by,
  coalesce(appointments.no_shows, 0)::integer as no_shows,
  coalesce(appointments.cancelled_appointments, 0)::integer as cancelled_appointments,
  coalesce(appointments.late_cancellations, 0)::integer as late_cancellations,
  coalesce(seen.visits, 0)::integer as visits,
  seen.seen_on,
  seen.seen_by,
  seen.first_visit.place as seen_place,
  seen.first_visit.network as seen_network,
  seen.first_visit.asked_network as asked_network,
  -- With a specialist who was asked, whether or not with another before.
  stage.seen.day as asked_seen_on,
  stage.seen.known_on as asked_seen_by,
  any_report.report_received_by,
  answer.note_received_by,
  -- Of the first final report that is linked to an attempt.
  answer.note.day as note_on,
  answer.note.known_on as note_by,
  answer.note.linked_on as note_linked_on,
  answer.reviewed_on,
  if(asked.service = 'visit', answer.visit_reviewed_on, answer.reviewed_on) as closed_on,
  asked.loss_reason,
  -- 42 CFR 411.354(d)(4)(iv)(B): the patient's preference, the insurer's determination, the physician's judgement. Recorded as the
  -- reason of the loss, or with the approval of the very specialist who saw the patient.
  coalesce(
    asked.loss_reason in (select reason from lawful_loss_reason)
      or (seen.first_visit.attempt = 1 and core__order.override_reason in (select reason from lawful_override_reason)),
    false
  ) as lawful_choice
from asked
left join core__order using (referral)
left join stage using (referral)
left join appointments using (referral)
left join seen using (referral)
left join answer using (referral)
left join any_report using (referral)
order by asked.tenant, asked.issuer, asked.specialty, core__order.ordered_on, asked.referral
