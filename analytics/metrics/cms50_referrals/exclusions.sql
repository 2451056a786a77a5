-- Which rule leaves a referral out; null where none does. The first that holds is named.
select
  referral.*,
  measured_order.report_on,
  measured_order.period_end,
  coalesce(measured_order.report_on <= measured_order.period_end, false) as is_reported,
  case
    when not referral.was_active then 'not-in-chart'
    when measured_order.referral is null then 'other-year'
    when not measured_order.in_measure then 'revoked'
    when measured_order.ordered_on > measured_order.referrals_until then 'after-october'
    when first_referral.referral is null then 'not-first'
  end as why
from referral
left join measured_order on measured_order.referral = referral.referral
left join first_referral on first_referral.referral = referral.referral
