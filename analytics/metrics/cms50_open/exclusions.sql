-- Which rule leaves a referral out, else how far it is.
with appointment as (
  select core__appointment.referral, min(core__appointment.starts_on) as next_on
  from core__appointment
  cross join parameters
  where core__appointment.outcome = 'open' and core__appointment.starts_on >= as_of
  group by core__appointment.referral
)

select
  referral.*,
  case
    when not referral.was_active then 'not-in-chart'
    when measured_order.referral is null then 'other-year'
    when not measured_order.in_measure then 'revoked'
    when measured_order.ordered_on > measured_order.referrals_until then 'after-october'
    when first_referral.referral is null then 'not-first'
    when measured_order.report_on is not null then 'answered'
    when as_of > measured_order.period_end then 'year-over'
  end as why,
  case
    when referral.report_received_by is not null then 'report-to-settle'
    when referral.seen_by is not null then 'seen'
    when referral.ended_how is not null then 'ended-here'
    when appointment.next_on <= measured_order.period_end then 'scheduled'
    when appointment.next_on is not null then 'scheduled-too-late'
    else 'not-scheduled'
  end as category
from referral
cross join parameters
left join measured_order on measured_order.referral = referral.referral
left join first_referral on first_referral.referral = referral.referral
left join appointment on appointment.referral = referral.referral
