-- One row for each segment, those with nobody to count too.
with counted as (
  select
    segment,
    total(many, why is null) as n,
    total(many, why is null and is_overridden) as overridden,
    total(many, why is null and rank = 1) as first,
    total(many, why is null and rank = 2) as second,
    total(many, why is null and rank = 3) as third,
    total(many, why is null and rank > 3) as later,
    total(many, why is null and rank is null) as by_name,
    total(many, why = 'not-recommended') as left_out_not_recommended,
    total(many, why = 'not-in-chart') as left_out_not_in_chart
  from tally
  group by segment
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
from counted
order by segment
