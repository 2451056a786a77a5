-- One row for each segment, way and kind, those with nobody to count too. Seven categories: these six and the rest.
with critical as (
  select goodman_z(7) as of_kinds
),

kind (position, category) as (
  values
  (1, 'leaked/avoidable'),
  (2, 'leaked/unknown'),
  (3, 'unseen/avoidable'),
  (4, 'unseen/not-avoidable'),
  (5, 'unseen/denied'),
  (6, 'unseen/unknown')
),

counted as (
  select
    segment,
    total(many, why is null) as n,
    total(many, why is null and way = 'leaked') as leaked,
    total(many, why is null and way = 'unseen') as unseen,
    total(many, why = 'young') as left_out_young,
    total(many, why = 'not-in-chart') as left_out_not_in_chart,
    total(many, why = 'no-visit-asked') as left_out_no_visit_asked
  from tally
  group by segment
),

lost_of as (
  select segment, way_and_kind as category, total(many, true) as lost
  from tally
  where why is null and way is not null
  group by segment, way_and_kind
),

joined as (
  select
    counted.*,
    kind.position,
    kind.category,
    if(kind.category like 'leaked/%', leaked, unseen) as same_way,
    coalesce(lost, 0) as lost
  from counted
  cross join kind
  left join lost_of on lost_of.segment = counted.segment and lost_of.category = kind.category
)

select
  segment,
  category,
  n,
  share(lost, n) as value,
  goodman_low(lost, n, of_kinds) as low,
  goodman_high(lost, n, of_kinds) as high,
  {
    'lost': lost,
    'same_way': same_way,
    'of_way_share': share(lost, same_way),
    'left_out_young': left_out_young,
    'left_out_not_in_chart': left_out_not_in_chart,
    'left_out_no_visit_asked': left_out_no_visit_asked
  } as parts,
  case
    when n = 0 and left_out_young > 0 then 'All orders are younger than 180 days; it is too early to judge.'
    when n = 0 then 'No referral to count.'
  end as note
from joined
cross join critical
order by segment, position
