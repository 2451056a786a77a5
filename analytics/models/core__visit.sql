-- Every time the patient was seen for a referral, with whom, and who had been asked last before that.
-- In: visits with a specialist who was asked, and visits elsewhere that a claim, a note or the patient told of.
-- Out: visits before the order in force, and those that only a note showed which was taken off.
-- seen_on is null for a visit that is only inferred (a final report proves it): no duration rests on it. known_on is then the day on
-- which it was known, by which it had happened at the latest.
with asked as (
  select
    event.referral,
    event.sequence,
    event.effective_on,
    event.recorded_on,
    attempt.attempt,
    attempt.performer,
    attempt.network,
    attempt.network as asked_network,
    'asked' as place
  from input__event as event
  inner join core__attempt as attempt
    on attempt.referral = event.referral and attempt.attempt = event.attempt and attempt.opened_at < event.sequence
  where event.type = 'patient-seen' and event.withdrawn is not true
),

elsewhere as (
  select
    event.referral,
    event.sequence,
    event.effective_on,
    event.recorded_on,
    null::integer as attempt,
    event.performer,
    event.network,
    asked_last.network as asked_network,
    'elsewhere' as place
  from input__event as event
  asof inner join core__attempt as asked_last
    on asked_last.referral = event.referral and event.sequence > asked_last.opened_at
  where event.type = 'seen-elsewhere'
)

select
  referral,
  sequence,
  effective_on as seen_on,
  coalesce(effective_on, recorded_on) as known_on,
  place,
  attempt,
  performer,
  network,
  asked_network
from asked
union all by name
select
  referral,
  sequence,
  effective_on as seen_on,
  coalesce(effective_on, recorded_on) as known_on,
  place,
  attempt,
  performer,
  network,
  asked_network
from elsewhere
order by referral, sequence
