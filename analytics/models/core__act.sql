-- Every act of a person of the practice for a referral, and what kind of work it was, by the first thing that it did.
-- In: whatever was done from the first recommendation on, before the order and after it. Out: what software, the specialist's office and
-- the patient did.
-- act_seconds is null where nothing says how long it took: the first of a session, and whatever follows a longer pause.
select
  referral,
  act,
  arg_min(person, sequence) as person,
  min(recorded_on) as acted_on,
  max(act_seconds) as act_seconds,
  case
    when bool_or(type in ('report-reviewed', 'report-matched', 'report-refused', 'report-unlinked')) then 'note'
    when bool_or(type in ('patient-contacted', 'patient-heard', 'patient-consent-changed')) then 'patient'
    when bool_or(type = 'message-posted') then 'message'
    when bool_or(type in ('authorization-asked', 'authorization-decided', 'authorization-for-another')) then 'payer'
    when bool_or(type in ('attempt-sent', 'attempt-opened', 'performer-proposed', 'performer-approved', 'performer-refused')) then 'sending'
    when bool_or(type in ('appointment-booked', 'appointment-missed', 'appointment-cancelled', 'patient-seen', 'seen-elsewhere')) then 'visit'
    when bool_or(
      type in (
        'attempt-received', 'attempt-accepted', 'attempt-declined', 'work-begun', 'dates-offered', 'cancellation-requested',
        'cancellation-confirmed', 'attempt-withdrawn', 'report-received'
      )
    ) then 'answer'
    when bool_or(
      type in (
        'referral-started', 'recommendation-made', 'recommendation-dismissed', 'recommendation-pended', 'pend-taken-back',
        'none-in-network-found', 'referral-approved', 'write-back-planned', 'write-step-attempted', 'write-step-settled',
        'order-status-observed', 'write-candidates-refused', 'approval-withdrawn', 'order-changed-before-write'
      )
    ) then 'order'
    else 'other'
  end as kind
from input__event
where act is not null
group by referral, act
order by referral, act
