-- One row for each segment, those with nobody to count too.
with counted as (
  select
    segment,
    total(many, why is null) as n,
    total(many, why is null and is_ordered_out) as ordered_out,
    total(many, why is null and is_ordered_out and is_lawful_choice) as by_lawful_choice,
    total(many, why is null and is_ordered_out and has_reason and not is_lawful_choice) as by_other_reason,
    total(many, why is null and is_ordered_out and not has_reason) as without_reason,
    total(many, why = 'network-unknown') as network_unknown,
    total(many, why = 'not-in-chart') as left_out_not_in_chart
  from tally
  group by segment
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
from counted
order by segment
