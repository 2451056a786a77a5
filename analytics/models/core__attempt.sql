-- Who was asked: one row for each attempt under the order in force, and what came of it: sent, answered, booked, seen, noted, taken back.
-- In: the performer of the approval (attempt 1) and every one asked after. Out: attempts under an approval that lapsed, and what was told
-- of an attempt before it was opened, and what only a note showed that was taken off. What the referral asks for,
-- and whose it is, stands in core__referral.
-- `_on` is the day, null where it is only inferred; `_by` the day by which it had happened.
with opened as (
  select
    event.referral,
    event.attempt,
    event.sequence as opened_at,
    event.recorded_on as opened_by,
    event.performer,
    event.performer_nucc,
    event.network,
    lead(event.recorded_on) over (partition by event.referral order by event.sequence) as next_opened_by
  from input__event as event
  inner join core__order using (referral)
  where
    event.sequence >= core__order.approved_at
    and event.type in ('referral-approved', 'attempt-opened')
),

told as (
  select
    opened.referral,
    opened.attempt,
    event.type,
    {
      'day': event.effective_on,
      'known_on': coalesce(event.effective_on, event.recorded_on),
      'type': event.type,
      'starts_on': event.starts_on
    } as moment,
    {'known_on': coalesce(event.effective_on, event.recorded_on), 'sequence': event.sequence} as place
  from opened
  inner join input__event as event
    on event.referral = opened.referral and event.attempt = opened.attempt and event.sequence > opened.opened_at
  where
    event.type in (
      'attempt-sent', 'attempt-accepted', 'attempt-declined', 'appointment-booked', 'patient-seen', 'cancellation-requested'
    )
    and event.withdrawn is not true
),

-- The first of each: an attempt that is sent again after a failed transmission was sent at the first, and an appointment that is moved was
-- first offered for the day it was booked for first.
first as (
  select
    referral,
    attempt,
    arg_min(moment, place) filter (type = 'attempt-sent') as sent,
    arg_min(moment, place) filter (type in ('attempt-accepted', 'attempt-declined')) as answered,
    arg_min(moment, place) filter (type = 'appointment-booked') as booked,
    arg_min(moment, place) filter (type = 'patient-seen') as seen,
    arg_min(moment, place) filter (type = 'cancellation-requested') as taken_back
  from told
  group by referral, attempt
),

-- An interim report says how far it is, and is no answer.
noted as (
  select
    referral,
    attempt,
    arg_min({'day': received_on, 'known_on': received_by}, {'known_on': received_by, 'sequence': sequence}) as note
  from core__report
  where form = 'final' and attempt is not null
  group by referral, attempt
)

select
  opened.referral,
  opened.attempt,
  opened.opened_at,
  opened.performer,
  opened.performer_nucc,
  opened.network,
  first.sent.day as sent_on,
  first.sent.known_on as sent_by,
  case first.answered.type
    when 'attempt-accepted' then 'accepted'
    when 'attempt-declined' then 'declined'
  end as answer,
  first.answered.day as answered_on,
  first.answered.known_on as answered_by,
  first.booked.known_on as booked_by,
  -- For which day the first appointment was offered, whether or not it was kept.
  first.booked.starts_on as appointment_on,
  first.seen.day as seen_on,
  first.seen.known_on as seen_by,
  noted.note.day as note_on,
  noted.note.known_on as note_by,
  -- By us: by asking to cancel it, or by asking somebody else.
  least(first.taken_back.known_on, opened.next_opened_by) as taken_back_by
from opened
left join first using (referral, attempt)
left join noted using (referral, attempt)
order by opened.referral, opened.attempt
