-- Each referral of the year at each step between the two rates: whether it is looked at, and whether it counts. The first step is the
-- metric closed_loop, by the rule that it rests on.
with judged as (
  select
    referral.* exclude (why),
    referral.why is null as is_judged,
    -- Of the year, and once in the chart.
    measured_order.referral is not null and referral.was_active as in_year,
    referral.service = 'visit' as is_visit,
    coalesce(referral.visits = 0 and referral.ended_how in ('cancelled', 'revoked'), false) as is_cancelled,
    coalesce(referral.closed_on <= referral.ordered_on + within_days, false) as is_closed_in_time,
    referral.closed_on is not null as is_closed,
    coalesce(measured_order.in_measure, false) as in_measure,
    coalesce(measured_order.report_on <= measured_order.period_end, false) as is_reported,
    coalesce(measured_order.ordered_on <= measured_order.referrals_until, false) as by_october,
    first_referral.referral is not null as is_first
  from mature_not_cancelled as referral
  left join measured_order on measured_order.referral = referral.referral
  left join first_referral on first_referral.referral = referral.referral
),

stepped as (
  select
    *,
    unnest([
      {'position': 1, 'category': 'closed-loop', 'looked_at': in_year and is_judged, 'counts': is_closed_in_time},
      {'position': 2, 'category': 'every-age', 'looked_at': in_year and is_visit and not is_cancelled, 'counts': is_closed_in_time},
      {'position': 3, 'category': 'at-any-time', 'looked_at': in_year and is_visit and not is_cancelled, 'counts': is_closed},
      {'position': 4, 'category': 'every-service', 'looked_at': in_year and not is_cancelled, 'counts': is_closed},
      {'position': 5, 'category': 'as-in-chart', 'looked_at': in_year and in_measure, 'counts': is_closed},
      {'position': 6, 'category': 'received', 'looked_at': in_year and in_measure, 'counts': is_reported},
      {'position': 7, 'category': 'until-october', 'looked_at': in_year and in_measure and by_october, 'counts': is_reported},
      {'position': 8, 'category': 'first-only', 'looked_at': in_year and is_first, 'counts': is_reported}
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
