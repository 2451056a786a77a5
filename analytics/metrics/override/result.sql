-- One row for each segment, those with nobody to count too.
with left_out as (
  select
    segment,
    count(*) filter (why = 'not-recommended') as left_out_not_recommended,
    count(*) filter (why = 'not-in-chart') as left_out_not_in_chart
  from exclusions
  group by segment
),

counted as (
  select
    segment,
    count(*) as n,
    count(*) filter (ordered_rank = 1) as first,
    count(*) filter (ordered_rank = 2) as second,
    count(*) filter (ordered_rank = 3) as third,
    count(*) filter (ordered_rank > 3) as later,
    count(*) filter (ordered_rank is null) as by_name
  from denominator
  group by segment
),

overridden_of as (
  select segment, count(*) as overridden from numerator group by segment
),

joined as (
  select
    left_out.segment,
    coalesce(n, 0) as n,
    coalesce(overridden, 0) as overridden,
    coalesce(first, 0) as first,
    coalesce(second, 0) as second,
    coalesce(third, 0) as third,
    coalesce(later, 0) as later,
    coalesce(by_name, 0) as by_name,
    left_out_not_recommended,
    left_out_not_in_chart
  from left_out
  left join counted using (segment)
  left join overridden_of using (segment)
)

select
  segment,
  n,
  share(overridden, n) as value,
  share_low(overridden, n) as low,
  share_high(overridden, n) as high,
  {
    'first': first,
    'second': second,
    'third': third,
    'later': later,
    'by_name': by_name,
    'left_out_not_recommended': left_out_not_recommended,
    'left_out_not_in_chart': left_out_not_in_chart
  } as parts,
  if(n = 0, 'No referral to count.', null) as note
from joined
order by segment
