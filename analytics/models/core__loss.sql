-- What each ordered referral would be lost by, if it is lost: leak_cause where its patient was seen outside the network, unseen_cause
-- where nobody saw the patient in time. Whether it is lost, and from when on that can be said, each metric says for itself.
-- In: every referral with an order in force. Out: drafts, and of each what only a note showed that was taken off.
-- A reason that a person recorded goes before what the events show; a lawful choice on record goes before any other reason of a leak.
-- What the events show is where it came to a stop, which is not always why.
with last_asked as (
  select referral, max(attempt) as attempt, arg_max(opened_at, attempt) as opened_at
  from core__attempt
  group by referral
),

with_last as (
  select
    event.referral,
    bool_or(event.type = 'attempt-sent') as was_sent,
    bool_or(event.type = 'attempt-accepted') as was_accepted,
    arg_max(event.detail, event.sequence) filter (event.type = 'attempt-declined') as decline,
    bool_or(event.type = 'appointment-booked') as was_booked,
    arg_max(event.type, event.sequence) filter (event.type like 'appointment-%') as appointment
  from input__event as event
  inner join last_asked
    on last_asked.referral = event.referral and last_asked.attempt = event.attempt and event.sequence > last_asked.opened_at
  where event.withdrawn is not true
  group by event.referral
),

contact as (
  select event.referral, arg_max(event.detail, event.sequence) as outcome
  from input__event as event
  inner join core__order using (referral)
  where event.type = 'patient-contacted' and event.sequence > core__order.approved_at
  group by event.referral
),

recorded as (
  select event.referral, nullif(arg_max(event.detail, event.sequence), 'unknown') as reason
  from input__event as event
  where event.type = 'loss-reason-recorded'
  group by event.referral
),

seen as (
  select
    referral,
    arg_min(coalesce(attempt, 0), {'known_on': known_on, 'sequence': sequence}) = 1 as by_specialist_of_order,
    count(*) > 0 as was_seen
  from core__visit
  group by referral
),

known as (
  select
    core__order.referral,
    core__order.override_reason,
    recorded.reason as recorded_reason,
    override.cause as override_cause,
    coalesce(seen.by_specialist_of_order, false) as by_specialist_of_order,
    case
      when core__order.ended_how = 'died' then 'died'
      when core__authorization.outcome = 'denied' then 'denied'
      when core__order.ended_how in ('cancelled', 'revoked') then 'withdrawn'
      when core__order.ended_how = 'patient-declined' then 'patient-declined'
      when seen.was_seen then 'wait-too-long'
      when core__authorization.outcome = 'pending' then 'authorization-delay'
      when with_last.decline is not null then coalesce(decline.cause, 'specialist-full')
      when with_last.appointment in ('appointment-missed', 'appointment-cancelled') then 'appointment-lost'
      when with_last.was_booked then 'unknown'
      when with_last.was_accepted and contact.outcome = 'reached' then 'not-booked'
      when with_last.was_accepted then 'no-outreach'
      when with_last.was_sent then 'no-answer'
      else 'not-sent'
    end as observed_cause
  from core__order
  left join recorded using (referral)
  left join seen using (referral)
  left join with_last using (referral)
  left join contact using (referral)
  left join core__authorization using (referral)
  left join cause_of_override as override on core__order.override_reason = override.code
  left join cause_of_decline as decline on with_last.decline = decline.code
),

caused as (
  select
    referral,
    override_reason,
    override_cause,
    recorded_reason,
    case
      when recorded_reason in (select reason from lawful_loss_reason) then recorded_reason
      when by_specialist_of_order and override_reason in (select reason from lawful_override_reason) then override_cause
      when recorded_reason is not null then recorded_reason
      when by_specialist_of_order then coalesce(override_cause, 'unknown')
      else 'unknown'
    end as leak_cause,
    case
      when observed_cause in ('died', 'denied') then observed_cause
      when recorded_reason is not null then recorded_reason
      else observed_cause
    end as unseen_cause
  from known
)

select
  caused.referral,
  caused.override_reason,
  override.cause_group as override_group,
  caused.leak_cause,
  leak.cause_group as leak_group,
  leak.avoidability as leak_avoidability,
  coalesce(caused.recorded_reason = caused.leak_cause, false) as leak_recorded,
  caused.unseen_cause,
  unseen.cause_group as unseen_group,
  unseen.avoidability as unseen_avoidability,
  coalesce(caused.recorded_reason = caused.unseen_cause, false) as unseen_recorded
from caused
left join core__cause as override on caused.override_cause = override.cause
left join core__cause as leak on caused.leak_cause = leak.cause
left join core__cause as unseen on caused.unseen_cause = unseen.cause
order by caused.referral
