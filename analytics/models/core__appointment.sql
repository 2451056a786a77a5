-- What came of each booking with a specialist who was asked: kept, missed, cancelled, moved to another date, or nothing yet.
-- In: every booking under the order in force; the same appointment at another date is another row. Out: visits that nobody booked. One
-- that only a note showed which was taken off keeps nothing.
-- A visit that names no appointment keeps the last one booked before it with that specialist, unless it was missed or cancelled, or lies
-- later than the day after the visit. What names the appointment outweighs that; of contradictions a visit does, then the last word.
-- booked_by_side is who booked it here: the patient on their page, the office by its link, staff by hand, or software that heard of it.
-- booked_on and lead_days are null where the booking is only inferred, or dated after the appointment. Days are those of the
-- practice's one time zone (REFLOOP_TIMEZONE; UTC unless set). Cancelled late means on the day of the appointment, the day before, or afterwards.
with booking as (
  select
    event.referral,
    event.attempt,
    event.appointment,
    event.sequence,
    event.effective_on,
    coalesce(event.effective_on, event.recorded_on) as booked_by,
    event.starts_on,
    event.side,
    lead(event.sequence) over (partition by event.referral, event.attempt order by event.sequence) as next_booking
  from input__event as event
  inner join core__order using (referral)
  where event.type = 'appointment-booked' and event.sequence > core__order.approved_at
),

named as (
  select booking.referral, booking.sequence as booking, event.sequence, event.type, event.effective_on, event.recorded_on, event.detail
  from input__event as event
  asof inner join booking
    on booking.referral = event.referral
      and booking.attempt = event.attempt
      and booking.appointment = event.appointment
      and event.sequence > booking.sequence
  where event.type in ('appointment-missed', 'appointment-cancelled', 'patient-seen')
),

unnamed as (
  select booking.referral, booking.sequence as booking, event.sequence, event.effective_on, event.recorded_on, booking.starts_on
  from input__event as event
  asof inner join booking
    on booking.referral = event.referral and booking.attempt = event.attempt and event.sequence > booking.sequence
  where event.type = 'patient-seen' and event.appointment is null and event.withdrawn is not true
),

told as (
  select
    referral,
    booking,
    min({'sequence': sequence, 'day': effective_on}) filter (type = 'patient-seen') as kept,
    max({'sequence': sequence, 'type': type, 'day': coalesce(effective_on, recorded_on), 'detail': detail}) filter (type <> 'patient-seen')
      as lost,
    min(sequence) filter (type <> 'patient-seen') as first_lost
  from named
  group by referral, booking
),

visited as (
  select referral, booking, min({'sequence': sequence, 'day': effective_on}) as kept
  from unnamed
  where coalesce(effective_on, recorded_on) >= starts_on - 1
  group by referral, booking
),

joined as (
  select
    booking.*,
    told.lost,
    case
      when told.kept is not null then told.kept
      when told.first_lost is null or told.first_lost > visited.kept.sequence then visited.kept
    end as kept
  from booking
  left join told on told.referral = booking.referral and told.booking = booking.sequence
  left join visited on visited.referral = booking.referral and visited.booking = booking.sequence
)

select
  referral,
  attempt,
  appointment,
  sequence,
  side as booked_by_side,
  if(effective_on <= starts_on, effective_on, null) as booked_on,
  booked_by,
  starts_on,
  if(effective_on <= starts_on, starts_on - effective_on, null) as lead_days,
  case
    when kept is not null then 'kept'
    when lost.type = 'appointment-missed' then 'missed'
    when lost.type = 'appointment-cancelled' then 'cancelled'
    when next_booking is not null then 'moved'
    else 'open'
  end as outcome,
  case
    when kept is not null then kept.day
    else lost.day
  end as outcome_on,
  if(kept is null and lost.type = 'appointment-cancelled', lost.detail, null) as cancelled_by,
  coalesce(kept is null and lost.type = 'appointment-cancelled' and lost.day >= starts_on - 1, false) as cancelled_late
from joined
order by referral, sequence
