-- Which rule leaves a referral out; null where none does. And who booked first, whether the patient ever did, and whether they were sent a link.
with booked as (
  select
    referral,
    arg_min(coalesce(booked_by_side, 'unknown'), sequence) as first_by,
    bool_or(booked_by_side = 'patient') as patient_booked
  from core__appointment
  group by referral
),

invited as (
  select distinct referral
  from core__message
  where topic in ('book', 'remind')
)

select
  referral.*,
  parameters.*,
  booked.first_by,
  coalesce(booked.patient_booked, false) as patient_booked,
  invited.referral is not null as is_invited,
  case
    when not referral.was_active then 'not-in-chart'
    when booked.referral is null then 'not-booked'
  end as why
from referral
cross join parameters
left join booked on booked.referral = referral.referral
left join invited on invited.referral = referral.referral
