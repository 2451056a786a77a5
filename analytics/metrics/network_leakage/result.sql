-- One row for each segment, those with nobody to count too.
with counted as (
  select
    segment,
    total(many, why is null) as n,
    total(many, why is null and is_leaked) as leaked,
    total(many, why is null and is_leaked and asked_network = 'out') as ordered_out,
    total(many, why is null and is_leaked and asked_network = 'in') as ordered_in_went_out,
    total(many, why is null and is_leaked and asked_network = 'unknown') as ordered_unknown_went_out,
    total(many, why is null and seen_network = 'out' and not is_leaked) as lawful_choice_out,
    total(many, why is null and seen_network = 'in') as kept,
    total(many, why = 'network-unknown') as network_unknown,
    total(many, why = 'not-seen') as not_seen,
    total(many, why = 'young') as left_out_young,
    total(many, why = 'not-in-chart') as left_out_not_in_chart
  from tally
  group by segment
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
from counted
order by segment
