-- One row for each segment, those with nobody to count too.
with left_out as (
  select
    segment,
    count(*) filter (why = 'old') as left_out_old,
    count(*) filter (why = 'place-unknown') as left_out_place_unknown,
    count(*) filter (why = 'not-in-chart') as left_out_not_in_chart,
    count(*) filter (why = 'no-visit-asked') as left_out_no_visit_asked
  from exclusions
  group by segment
),

counted as (
  select
    segment,
    count(*) as n,
    count(*) filter (accepting >= several) as with_several
  from denominator
  group by segment
),

with_one_of as (
  select segment, count(*) as with_one from numerator group by segment
),

joined as (
  select
    left_out.*,
    coalesce(n, 0) as n,
    coalesce(with_one, 0) as with_one,
    coalesce(with_several, 0) as with_several
  from left_out
  left join counted using (segment)
  left join with_one_of using (segment)
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
from joined
order by segment
