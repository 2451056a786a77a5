-- One row for each segment, those with nobody to count too.
with counted as (
  select
    segment,
    total(many, why is null) as n,
    total(many, why is null and is_seen) as seen,
    total(many, why is null and is_lost) as lost,
    total(many, why = 'young') as left_out_young,
    total(many, why = 'undated') as left_out_undated,
    total(many, why = 'not-in-chart') as left_out_not_in_chart,
    total(many, why = 'no-visit-asked') as left_out_no_visit_asked
  from tally
  group by segment
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
from counted
order by segment
