-- One row for each segment, those with nobody to count too.
with left_out as (
  select
    segment,
    count(*) filter (why = 'young') as left_out_young,
    count(*) filter (why = 'not-in-chart') as left_out_not_in_chart,
    count(*) filter (why = 'not-seen') as not_seen,
    count(*) filter (why = 'network-unknown') as network_unknown
  from exclusions
  group by segment
),

counted as (
  select
    segment,
    count(*) as n,
    count(*) filter (seen_network = 'in') as kept,
    count(*) filter (seen_network = 'out' and lawful_choice) as lawful_choice_out
  from denominator
  group by segment
),

leaked_of as (
  select
    segment,
    count(*) as leaked,
    count(*) filter (asked_network = 'out') as ordered_out,
    count(*) filter (asked_network = 'in') as ordered_in_went_out,
    count(*) filter (asked_network = 'unknown') as ordered_unknown_went_out
  from numerator
  group by segment
),

joined as (
  select
    left_out.segment,
    coalesce(n, 0) as n,
    coalesce(leaked, 0) as leaked,
    coalesce(ordered_out, 0) as ordered_out,
    coalesce(ordered_in_went_out, 0) as ordered_in_went_out,
    coalesce(ordered_unknown_went_out, 0) as ordered_unknown_went_out,
    coalesce(lawful_choice_out, 0) as lawful_choice_out,
    coalesce(kept, 0) as kept,
    network_unknown,
    not_seen,
    left_out_young,
    left_out_not_in_chart
  from left_out
  left join counted using (segment)
  left join leaked_of using (segment)
)

select
  segment,
  n,
  share(leaked, n) as value,
  share_low(leaked, n) as low,
  share_high(leaked, n) as high,
  {
    'leaked': leaked,
    'ordered_out': ordered_out,
    'ordered_in_went_out': ordered_in_went_out,
    'ordered_unknown_went_out': ordered_unknown_went_out,
    'lawful_choice_out': lawful_choice_out,
    'kept': kept,
    'network_unknown': network_unknown,
    'not_seen': not_seen,
    'observed_share': share(n, n + network_unknown + not_seen),
    'left_out_young': left_out_young,
    'left_out_not_in_chart': left_out_not_in_chart
  } as parts,
  case
    when n > 0 then
      'Where the patient went is known of ' || round(100 * n / (n + network_unknown + not_seen))::integer || ' % of the referrals.'
    when not_seen + network_unknown > 0 then 'No visit of known network status.'
    when left_out_young > 0 then 'All orders are younger than 180 days; it is too early to judge.'
    else 'No referral to count.'
  end as note
from joined
order by segment
