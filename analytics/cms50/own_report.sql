-- The final reports of our own referrals that are linked to an attempt, as the completed Task that says so, and the day on which each came.
select
  core__report.referral,
  core__report.report,
  core__referral.patient,
  core__referral.specialty,
  strftime(core__report.received_by, '%Y-%m-%d') as received_on
from core__report
inner join core__referral using (referral)
where core__report.form = 'final' and core__report.attempt is not null
order by core__report.referral, core__report.report
