-- Every report that came back: when it was received, which attempt it was linked to, and when somebody here reviewed it.
-- In: reports received under the order in force, interim ones too. Out: reports received before, and those that were linked by mistake and
-- taken off again, unless they were linked once more: then what was put on record since counts, and nothing of before.
-- received_on is null where the day is only inferred; received_by is then the day on which it was known.
with received as (
  select
    event.referral,
    event.report,
    min(event.sequence) as sequence,
    arg_min(event.detail, event.sequence) as form,
    arg_min(event.performer, event.sequence) as from_npi,
    -- A struct, since arg_min passes over what is null.
    arg_min({'day': event.effective_on, 'recorded_on': event.recorded_on}, event.sequence) as first
  from input__event as event
  inner join core__order using (referral)
  where event.type = 'report-received' and event.sequence > core__order.approved_at
  group by event.referral, event.report
),

taken_off as (
  select referral, report, max(sequence) as sequence
  from input__event
  where type = 'report-unlinked'
  group by referral, report
),

later as (
  select
    referral,
    report,
    arg_max(attempt, input__event.sequence) filter (type = 'report-matched') as attempt,
    min(coalesce(effective_on, recorded_on)) filter (type = 'report-matched') as linked_on,
    min(coalesce(effective_on, recorded_on)) filter (type = 'report-reviewed') as reviewed_on
  from input__event
  left join taken_off using (referral, report)
  where type in ('report-matched', 'report-reviewed') and input__event.sequence > coalesce(taken_off.sequence, 0)
  group by referral, report
)

select
  received.referral,
  received.report,
  received.sequence,
  received.form,
  received.from_npi,
  received.first.day as received_on,
  coalesce(received.first.day, received.first.recorded_on) as received_by,
  later.attempt,
  later.linked_on,
  later.reviewed_on
from received
left join later using (referral, report)
left join taken_off using (referral, report)
where taken_off.sequence is null or later.linked_on is not null
order by received.referral, received.sequence
