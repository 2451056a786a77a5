-- One row for each segment, those with nobody to count too.
with counted as (
  select
    segment,
    count(*) filter (why is null) as n,
    count(*) filter (why is null and is_reported) as reported,
    count(*) filter (why is null and report_on > period_end) as reported_late,
    count(*) filter (why is null and report_on is null and report_received_by is not null) as interim_only,
    count(*) filter (why is null and report_on is null and report_received_by is null) as no_report,
    count(*) filter (why is null and ended_how is not null) as ended_here,
    count(*) filter (why = 'not-in-chart') as left_out_not_in_chart,
    count(*) filter (why = 'other-year') as left_out_other_year,
    count(*) filter (why = 'revoked') as left_out_revoked,
    count(*) filter (why = 'after-october') as left_out_after_october,
    count(*) filter (why = 'not-first') as left_out_not_first
  from exclusions
  group by segment
)

select
  segment,
  n,
  share(reported, n) as value,
  share_low(reported, n) as low,
  share_high(reported, n) as high,
  {
    'reported': reported,
    'reported_late': reported_late,
    'interim_only': interim_only,
    'no_report': no_report,
    'ended_here': ended_here,
    'left_out_not_in_chart': left_out_not_in_chart,
    'left_out_other_year': left_out_other_year,
    'left_out_revoked': left_out_revoked,
    'left_out_after_october': left_out_after_october,
    'left_out_not_first': left_out_not_first
  } as parts,
  if(n = 0, 'No first referral of the year to count.', null) as note
from counted
order by segment
