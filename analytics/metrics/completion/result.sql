-- One row for each segment, those with nobody to count too.
with left_out as (
  select
    segment,
    count(*) filter (why = 'young') as left_out_young,
    count(*) filter (why = 'not-in-chart') as left_out_not_in_chart,
    count(*) filter (why = 'no-visit-asked') as left_out_no_visit_asked
  from exclusions
  group by segment
),

counted as (
  select
    segment,
    count(*) as n,
    count(*) filter (seen_by > ordered_on + within_days) as attended_later,
    count(*) filter (seen_by is null and ended_how = 'patient-declined') as declined_by_patient,
    count(*) filter (seen_by is null and ended_how in ('cancelled', 'revoked')) as cancelled,
    count(*) filter (seen_by is null and ended_how = 'expired') as expired,
    count(*) filter (seen_by is null and ended_how = 'died') as died,
    count(*) filter (seen_by is null and ended_how is null) as still_open
  from denominator
  group by segment
),

scheduled_of as (
  select segment, count(*) as scheduled from scheduled group by segment
),

attended_of as (
  select segment, count(*) as attended, count(*) filter (seen_on is null) as undated from numerator group by segment
),

joined as (
  select
    left_out.segment,
    coalesce(n, 0) as n,
    coalesce(scheduled, 0) as scheduled,
    coalesce(attended, 0) as attended,
    coalesce(undated, 0) as undated,
    coalesce(attended_later, 0) as attended_later,
    coalesce(declined_by_patient, 0) as declined_by_patient,
    coalesce(cancelled, 0) as cancelled,
    coalesce(expired, 0) as expired,
    coalesce(died, 0) as died,
    coalesce(still_open, 0) as still_open,
    left_out_young,
    left_out_not_in_chart,
    left_out_no_visit_asked
  from left_out
  left join counted using (segment)
  left join scheduled_of using (segment)
  left join attended_of using (segment)
)

select
  segment,
  n,
  share(attended, n) as value,
  share_low(attended, n) as low,
  share_high(attended, n) as high,
  {
    'scheduled_rate': share(scheduled, n),
    'kept_rate': share(attended, scheduled),
    'scheduled': scheduled,
    'attended': attended,
    'attended_later': attended_later,
    'undated': undated,
    'declined_by_patient': declined_by_patient,
    'cancelled': cancelled,
    'expired': expired,
    'died': died,
    'still_open': still_open,
    'left_out_young': left_out_young,
    'left_out_not_in_chart': left_out_not_in_chart,
    'left_out_no_visit_asked': left_out_no_visit_asked
  } as parts,
  case
    when n = 0 and left_out_young > 0 then 'All orders are younger than 180 days; it is too early to judge.'
    when n = 0 then 'No referral to count.'
  end as note
from joined
order by segment
