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

left_out as (
  select
    segment,
    count(*) filter (why = 'young') as left_out_young,
    count(*) filter (why = 'not-in-chart') as left_out_not_in_chart,
    count(*) filter (why = 'no-visit-asked') as left_out_no_visit_asked
  from exclusions
  group by segment
),

counted as (
  select
    segment,
    count(*) as n,
    count(*) filter (way = 'leaked') as leaked,
    count(*) filter (way = 'unseen') as unseen
  from denominator
  group by segment
),

lost_of as (
  select segment, category, count(*) as lost from numerator group by segment, category
),

joined as (
  select
    left_out.*,
    kind.position,
    kind.category,
    coalesce(n, 0) as n,
    coalesce(if(kind.category like 'leaked/%', leaked, unseen), 0) as same_way,
    coalesce(lost, 0) as lost
  from left_out
  cross join kind
  left join counted using (segment)
  left join lost_of on lost_of.segment = left_out.segment and lost_of.category = kind.category
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
