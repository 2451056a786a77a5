-- One row for each segment, those with nobody to count too.
with left_out as (
  select segment, histogram(why) as left_out
  from exclusions
  group by segment
),

counted as (
  select segment, count(*) as n
  from denominator
  group by segment
),

not_seen_of as (
  select
    segment,
    count(*) as not_seen,
    count(*) filter (seen_by is not null) as seen_later,
    count(*) filter (booked_by <= ordered_on + within_days) as booked,
    histogram(coalesce(ended_how, 'open')) filter (seen_by is null) as ended
  from numerator
  group by segment
)

select
  left_out.segment,
  coalesce(n, 0) as n,
  share(coalesce(not_seen, 0), coalesce(n, 0)) as value,
  share_low(coalesce(not_seen, 0), coalesce(n, 0)) as low,
  share_high(coalesce(not_seen, 0), coalesce(n, 0)) as high,
  {
    'not_seen': coalesce(not_seen, 0),
    'seen_later': coalesce(seen_later, 0),
    'booked': coalesce(booked, 0),
    'declined_by_patient': many(ended, 'patient-declined'),
    'expired': many(ended, 'expired'),
    'died': many(ended, 'died'),
    'still_open': many(ended, 'open'),
    'left_out_cancelled': many(left_out, 'cancelled'),
    'left_out_young': many(left_out, 'young'),
    'left_out_not_in_chart': many(left_out, 'not-in-chart'),
    'left_out_no_visit_asked': many(left_out, 'no-visit-asked')
  } as parts,
  case
    when n is null and many(left_out, 'young') > 0 then 'All orders are younger than 180 days; it is too early to judge.'
    when n is null then 'No referral to count.'
  end as note
from left_out
left join counted using (segment)
left join not_seen_of using (segment)
order by left_out.segment
