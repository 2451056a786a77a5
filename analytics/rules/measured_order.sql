-- Every order of the period's year as CMS50 would see its ServiceRequest, and the day of the report whose Task would count.
-- In: orders of whatever specialty and clinic, since the first referral of a patient is the first of all. Out: orders of other years.
-- in_measure: the chart's last word on it is active, or completed. What ended here alone is still active there.
-- report_on: the first final report that is linked to an attempt and was received on the day of the order or later.
with last_word as (
  select referral, arg_max(order_standing, sequence) as standing
  from input__event
  where order_standing is not null
  group by referral
),

answered as (
  select core__report.referral, min(core__report.received_by) as report_on
  from core__report
  inner join core__referral using (referral)
  where
    core__report.form = 'final'
    and core__report.attempt is not null
    and core__report.received_by >= core__referral.ordered_on
  group by core__report.referral
)

select
  core__referral.referral,
  core__referral.tenant,
  core__referral.issuer,
  core__referral.patient,
  core__referral.ordered_on,
  core__referral.started_on,
  core__referral.was_active
    and coalesce(last_word.standing, if(core__referral.ended_how = 'revoked', 'revoked', 'active')) = 'active' as in_measure,
  answered.report_on,
  make_date(period_year, 10, 31) as referrals_until,
  make_date(period_year, 12, 31) as period_end
from core__referral
cross join parameters
left join last_word using (referral)
left join answered using (referral)
where year(core__referral.ordered_on) = period_year
