-- One row for each segment and category, those with nobody to count too.
with counted as (
  select
    segment,
    category,
    within_days,
    total(many, why is null) as n,
    total(many, why is null and is_attended) as attended,
    total(many, why = 'young') as left_out_young,
    total(many, why = 'not-in-chart') as left_out_not_in_chart,
    total(many, why = 'no-visit-asked') as left_out_no_visit_asked
  from tally
  group by segment, category, within_days
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
from counted
order by segment, within_days
