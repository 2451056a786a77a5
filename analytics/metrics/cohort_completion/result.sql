-- One row for each segment and category, those with nobody to count too.
with left_out as (
  select
    segment,
    category,
    within_days,
    count(*) filter (why = 'young') as left_out_young,
    count(*) filter (why = 'not-in-chart') as left_out_not_in_chart,
    count(*) filter (why = 'no-visit-asked') as left_out_no_visit_asked
  from exclusions
  group by segment, category, within_days
),

counted as (
  select segment, category, count(*) as n from denominator group by segment, category
),

attended_of as (
  select segment, category, count(*) as attended from numerator group by segment, category
),

joined as (
  select
    left_out.*,
    coalesce(n, 0) as n,
    coalesce(attended, 0) as attended
  from left_out
  left join counted using (segment, category)
  left join attended_of using (segment, category)
)

select
  segment,
  category,
  n,
  share(attended, n) as value,
  share_low(attended, n) as low,
  share_high(attended, n) as high,
  {
    'attended': attended,
    'left_out_young': left_out_young,
    'left_out_not_in_chart': left_out_not_in_chart,
    'left_out_no_visit_asked': left_out_no_visit_asked
  } as parts,
  case
    when n = 0 and left_out_young > 0 then 'All orders are younger than ' || within_days || ' days.'
    when n = 0 then 'No referral to count.'
  end as note
from joined
order by segment, within_days
