-- One row for each referral: what was asked, where the order stands, when it was scheduled and seen, and with whom.
-- In: every referral that was begun, drafts too; what is counted of it each metric says for itself.
-- Out: what happened before the order in force, except the reason of a loss, which is of the referral.
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
    arg_max(detail, sequence) filter (type = 'loss-reason-recorded') as loss_reason
  from input__event
  group by referral
),

booked as (
  select event.referral, min(coalesce(event.effective_on, event.recorded_on)) as booked_by
  from input__event as event
  inner join core__order using (referral)
  where event.type = 'appointment-booked' and event.sequence > core__order.approved_at
  group by event.referral
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
  core__order.language,
  core__order.ordered_on,
  strftime(core__order.ordered_on, '%Y-%m') as month,
  core__order.ordered_performer,
  core__order.ordered_network,
  coalesce(core__order.standing, 'draft') as standing,
  coalesce(core__order.was_active, false) as was_active,
  core__order.ended_how,
  core__order.ended_on,
  booked.booked_by,
  coalesce(seen.visits, 0)::integer as visits,
  seen.seen_on,
  seen.seen_by,
  seen.first_visit.place as seen_place,
  seen.first_visit.network as seen_network,
  seen.first_visit.asked_network as asked_network,
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
left join booked using (referral)
left join seen using (referral)
order by asked.tenant, asked.issuer, asked.specialty, core__order.ordered_on, asked.referral
