-- One row for each segment, those with nobody to count too.
with counted as (
  select
    segment,
    total(many, why is null) as n,
    total(many, why is null and is_visit) as visits,
    total(many, why = 'not-in-chart') as left_out_not_in_chart
  from tally
  group by segment
)

select
  segment,
  n,
  n::double as value,
  poisson_low(n) as low,
  poisson_high(n) as high,
  {'visits': visits, 'left_out_not_in_chart': left_out_not_in_chart} as parts,
  null as note
from counted
order by segment
