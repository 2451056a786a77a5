-- Each referral of the year at each step between the two rates: whether it is looked at, and whether it counts.
with judged as (
  select
    referral.*,
    referral.ordered_on <= as_of - maturity_days as is_mature,
    -- Of the year, and once in the chart.
    measured_order.referral is not null and referral.was_active as in_year,
    coalesce(referral.ended_how in ('cancelled', 'revoked'), false) as is_cancelled,
    referral.closed_on is not null as is_closed,
    coalesce(measured_order.in_measure, false) as in_measure,
    coalesce(measured_order.report_on <= measured_order.period_end, false) as is_reported,
    coalesce(measured_order.ordered_on <= measured_order.referrals_until, false) as by_october,
    first_referral.referral is not null as is_first
  from referral
  cross join parameters
  left join measured_order on measured_order.referral = referral.referral
  left join first_referral on first_referral.referral = referral.referral
),

stepped as (
  select
    *,
    unnest([
      {'position': 1, 'category': 'closed-loop', 'looked_at': in_year and is_mature and not is_cancelled, 'counts': is_closed},
      {'position': 2, 'category': 'every-age', 'looked_at': in_year and not is_cancelled, 'counts': is_closed},
      {'position': 3, 'category': 'as-in-chart', 'looked_at': in_year and in_measure, 'counts': is_closed},
      {'position': 4, 'category': 'received', 'looked_at': in_year and in_measure, 'counts': is_reported},
      {'position': 5, 'category': 'until-october', 'looked_at': in_year and in_measure and by_october, 'counts': is_reported},
      {'position': 6, 'category': 'first-only', 'looked_at': in_year and is_first, 'counts': is_reported}
    ]) as step
  from judged
)

select
  * exclude (step),
  step.position as position,
  step.category as category,
  step.looked_at as looked_at,
  step.looked_at and step.counts as counts,
  lag(step.looked_at, 1, step.looked_at) over before as was_looked_at,
  lag(step.looked_at and step.counts, 1, step.looked_at and step.counts) over before as did_count
from stepped
window before as (partition by referral order by step.position)
