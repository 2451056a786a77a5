-- One row for each segment, those with nobody to count too.
with counted as (
  select
    segment,
    total(many, why is null) as n,
    total(many, why is null and has_one) as with_one,
    total(many, why is null and has_several) as with_several,
    total(many, why = 'old') as left_out_old,
    total(many, why = 'place-unknown') as left_out_place_unknown,
    total(many, why = 'not-in-chart') as left_out_not_in_chart,
    total(many, why = 'no-visit-asked') as left_out_no_visit_asked
  from tally
  group by segment
)

select
  segment,
  n,
  share(with_one, n) as value,
  share_low(with_one, n) as low,
  share_high(with_one, n) as high,
  {
    'with_one': with_one,
    'with_several': with_several,
    'several_share': share(with_several, n),
    'several_low': share_low(with_several, n),
    'several_high': share_high(with_several, n),
    'without': n - with_one,
    'left_out_old': left_out_old,
    'left_out_place_unknown': left_out_place_unknown,
    'left_out_not_in_chart': left_out_not_in_chart,
    'left_out_no_visit_asked': left_out_no_visit_asked
  } as parts,
  case
    when n = 0 and left_out_place_unknown > 0 then 'The orders do not say the payer or where the patient lives.'
    when n = 0 then 'Nobody needed a specialist lately.'
    else 'At least: of specialists who were not asked nothing is known.'
  end as note
from counted
order by segment
