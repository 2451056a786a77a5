-- Of appointments: which rule leaves one out; null where none does, and the appointment was kept or missed. And the time between the booking
-- and the appointment, in bands (category).
select
  referral.*,
  parameters.*,
  appointment.starts_on,
  appointment.outcome,
  appointment.cancelled_late,
  appointment.booked_by_side,
  case
    when not referral.was_active then 'not-in-chart'
    when appointment.outcome in ('kept', 'missed') then null
    when appointment.outcome = 'open' then if(appointment.starts_on < as_of, 'unheard', 'ahead')
    else appointment.outcome
  end as why,
  case
    when appointment.lead_days is null then 'unknown'
    when appointment.lead_days < 1 then 'same-day'
    when appointment.lead_days <= 7 then 'one-week'
    when appointment.lead_days <= 14 then 'two-weeks'
    when appointment.lead_days <= 28 then 'four-weeks'
    else 'longer'
  end as category
from referral
inner join core__appointment as appointment using (referral)
cross join parameters
