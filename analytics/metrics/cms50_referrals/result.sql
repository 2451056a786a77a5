-- One row for each segment, those with nobody to count too.
with left_out as (
  select
    segment,
    count(*) filter (why = 'not-in-chart') as left_out_not_in_chart,
    count(*) filter (why = 'other-year') as left_out_other_year,
    count(*) filter (why = 'revoked') as left_out_revoked,
    count(*) filter (why = 'after-october') as left_out_after_october,
    count(*) filter (why = 'not-first') as left_out_not_first
  from exclusions
  group by segment
),

counted as (
  select
    segment,
    count(*) as n,
    count(*) filter (report_on > period_end) as reported_late,
    count(*) filter (report_on is null and report_received_by is not null) as interim_only,
    count(*) filter (report_on is null and report_received_by is null) as no_report,
    count(*) filter (ended_how is not null) as ended_here
  from denominator
  group by segment
),

reported_of as (
  select segment, count(*) as reported from numerator group by segment
),

joined as (
  select
    left_out.*,
    coalesce(n, 0) as n,
    coalesce(reported, 0) as reported,
    coalesce(reported_late, 0) as reported_late,
    coalesce(interim_only, 0) as interim_only,
    coalesce(no_report, 0) as no_report,
    coalesce(ended_here, 0) as ended_here
  from left_out
  left join counted using (segment)
  left join reported_of using (segment)
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
from joined
order by segment
