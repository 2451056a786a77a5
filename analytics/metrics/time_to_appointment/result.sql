-- One row for each segment, those with nobody to count too.
with left_out as (
  select
    segment,
    count(*) filter (why = 'undated') as left_out_undated,
    count(*) filter (why = 'not-in-chart') as left_out_not_in_chart,
    count(*) filter (why = 'no-visit-asked') as left_out_no_visit_asked
  from exclusions
  group by segment
),

counted as (
  select
    segment,
    count(*) as n,
    count(*) filter (outcome = 'arrived') as attended,
    count(*) filter (outcome = 'patient-declined') as declined_by_patient,
    count(*) filter (outcome = 'cancelled') as cancelled,
    count(*) filter (outcome = 'expired') as expired,
    count(*) filter (outcome = 'died') as died,
    count(*) filter (outcome = 'censored') as censored,
    count(*) filter (outcome <> 'arrived' and seen_on is not null) as seen_after_end
  from durations
  group by segment
),

reached as (
  select
    segment,
    coalesce(max(incidence) filter (day <= 30), 0) as seen_by_30,
    coalesce(max(incidence) filter (day <= 90), 0) as seen_by_90,
    coalesce(max(incidence) filter (day <= 180), 0) as seen_by_180
  from life_table
  group by segment
)

select
  left_out.segment,
  coalesce(n, 0) as n,
  median as value,
  median_low as low,
  median_high as high,
  {
    'attended': coalesce(attended, 0),
    'declined_by_patient': coalesce(declined_by_patient, 0),
    'cancelled': coalesce(cancelled, 0),
    'expired': coalesce(expired, 0),
    'died': coalesce(died, 0),
    'censored': coalesce(censored, 0),
    'seen_after_end': coalesce(seen_after_end, 0),
    'seen_by_30': if(is_final or last_day >= 30, seen_by_30, null),
    'seen_by_90': if(is_final or last_day >= 90, seen_by_90, null),
    'seen_by_180': if(is_final or last_day >= 180, seen_by_180, null),
    'median_of_all': median_of_all,
    'followed_days': last_day,
    'left_out_undated': left_out_undated,
    'left_out_not_in_chart': left_out_not_in_chart,
    'left_out_no_visit_asked': left_out_no_visit_asked
  } as parts,
  case
    when n is null then 'No referral to count.'
    when median is null then 'Fewer than half were seen within the ' || last_day || ' days that are known; the median lies beyond.'
    when median_high is null then 'The interval is open above: too few have been followed for long.'
  end as note
from left_out
left join counted using (segment)
left join reached using (segment)
left join median_time using (segment)
order by left_out.segment
