-- Each attempt of the referrals that are looked at, with what it is adjusted for. Miles are known to the specialist of the order alone.
create or replace temp view attempt as
select
  referral.referral,
  referral.ordered_on,
  attempt.attempt,
  attempt.performer as specialist,
  coalesce(attempt.network, 'unknown') as network,
  coalesce(referral.specialty, 'unknown') as specialty,
  coalesce(referral.urgency, 'unknown') as urgency,
  coalesce(referral.payer, 'unknown') as payer,
  coalesce(referral.language, 'unknown') as language,
  coalesce(referral.site, 'unknown') as site,
  coalesce(referral.month, 'unknown') as month,
  case
    when attempt.attempt > 1 or referral.miles is null then 'unknown'
    when referral.miles < 5 then 'under 5 miles'
    when referral.miles < 10 then '5 to 10 miles'
    when referral.miles < 25 then '10 to 25 miles'
    else '25 miles or more'
  end as distance,
  referral.service,
  referral.was_active,
  -- What ends an order without the specialist: nobody answers for it afterwards.
  if(referral.ended_how in ('cancelled', 'revoked', 'died'), referral.ended_on, null) as order_ended_on,
  least(attempt.taken_back_by, order_ended_on) as ended_on,
  attempt.sent_on,
  attempt.answer,
  attempt.answered_on,
  attempt.answered_by,
  attempt.booked_by,
  attempt.appointment_on,
  attempt.seen_on,
  attempt.seen_by,
  attempt.note_on,
  attempt.note_by,
  parameters.as_of
from referral
inner join core__attempt as attempt using (referral)
cross join parameters;

-- Business days from the first to the second: none on the same day, and none from a weekend to the next business day.
create or replace temp macro business_days(first, second) as
  (select business_day_number from core__calendar where day = second) - (select counts_from from core__calendar where day = first);
