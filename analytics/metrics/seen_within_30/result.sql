-- One row for each segment, those with nobody to count too.
with left_out as (
  select
    segment,
    count(*) filter (why = 'young') as left_out_young,
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
    count(*) filter (ended_on <= ordered_on + within_days and (seen_on is null or seen_on > ended_on)) as lost
  from denominator
  group by segment
),

seen_of as (
  select segment, count(*) as seen from numerator group by segment
),

joined as (
  select
    left_out.segment,
    coalesce(n, 0) as n,
    coalesce(seen, 0) as seen,
    coalesce(lost, 0) as lost,
    left_out_young,
    left_out_undated,
    left_out_not_in_chart,
    left_out_no_visit_asked
  from left_out
  left join counted using (segment)
  left join seen_of using (segment)
)

select
  segment,
  n,
  share(seen, n) as value,
  share_low(seen, n) as low,
  share_high(seen, n) as high,
  {
    'seen': seen,
    'lost': lost,
    'waiting': n - seen - lost,
    'left_out_young': left_out_young,
    'left_out_undated': left_out_undated,
    'left_out_not_in_chart': left_out_not_in_chart,
    'left_out_no_visit_asked': left_out_no_visit_asked
  } as parts,
  if(n = 0, 'No referral to count.', null) as note
from joined
order by segment
