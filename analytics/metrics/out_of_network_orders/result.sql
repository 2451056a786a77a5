-- One row for each segment, those with nobody to count too.
with left_out as (
  select
    segment,
    count(*) filter (why = 'not-in-chart') as left_out_not_in_chart,
    count(*) filter (why = 'network-unknown') as network_unknown
  from exclusions
  group by segment
),

counted as (
  select segment, count(*) as n from denominator group by segment
),

ordered_out_of as (
  select
    segment,
    count(*) as ordered_out,
    count(*) filter (override_group = 'lawful-choice') as by_lawful_choice,
    count(*) filter (override_reason is not null and override_group is distinct from 'lawful-choice') as by_other_reason,
    count(*) filter (override_reason is null) as without_reason
  from numerator
  group by segment
),

joined as (
  select
    left_out.segment,
    coalesce(n, 0) as n,
    coalesce(ordered_out, 0) as ordered_out,
    coalesce(by_lawful_choice, 0) as by_lawful_choice,
    coalesce(by_other_reason, 0) as by_other_reason,
    coalesce(without_reason, 0) as without_reason,
    network_unknown,
    left_out_not_in_chart
  from left_out
  left join counted using (segment)
  left join ordered_out_of using (segment)
)

select
  segment,
  n,
  share(ordered_out, n) as value,
  share_low(ordered_out, n) as low,
  share_high(ordered_out, n) as high,
  {
    'ordered_out': ordered_out,
    'by_lawful_choice': by_lawful_choice,
    'by_other_reason': by_other_reason,
    'without_reason': without_reason,
    'network_unknown': network_unknown,
    'left_out_not_in_chart': left_out_not_in_chart
  } as parts,
  case when n = 0 then 'No order to a specialist of known network status.' end as note
from joined
order by segment
