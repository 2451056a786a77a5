-- One row for each segment, those with nobody to count too. A range of assumptions; there is no single value between its ends.
with left_out as (
  select
    segment,
    count(*) filter (why = 'not-in-chart') as left_out_not_in_chart,
    count(*) filter (why = 'not-seen') as left_out_not_seen,
    count(*) filter (why = 'network-unknown') as left_out_network_unknown,
    count(*) filter (why = 'seen-outside') as left_out_seen_outside,
    count(*) filter (why = 'same-episode') as left_out_same_episode,
    count(*) filter (why = 'no-amount') as left_out_no_amount
  from exclusions
  group by segment
),

of_patient as (
  select
    segment,
    patient,
    count(*) as referrals,
    least(sum(amount_low), any_value(cap)) as amount_low,
    least(sum(amount_high), any_value(cap)) as amount_high,
    sum(amount_high) > any_value(cap) as is_capped
  from numerator
  cross join attribution
  group by segment, patient
),

counted as (
  select
    segment,
    sum(referrals)::bigint as n,
    count(*) as patients,
    count(*) filter (is_capped) as capped_patients,
    sum(amount_low) as amount_low,
    sum(amount_high) as amount_high
  from of_patient
  group by segment
)

select
  left_out.segment,
  coalesce(n, 0) as n,
  null::double as value,
  amount_low * attribution.low as low,
  amount_high * attribution.high as high,
  {
    'patients': coalesce(patients, 0),
    'capped_patients': coalesce(capped_patients, 0),
    'attribution_low': attribution.low,
    'attribution_high': attribution.high,
    'cap_dollars': attribution.cap,
    'left_out_no_amount': left_out_no_amount,
    'left_out_same_episode': left_out_same_episode,
    'left_out_seen_outside': left_out_seen_outside,
    'left_out_network_unknown': left_out_network_unknown,
    'left_out_not_seen': left_out_not_seen,
    'left_out_not_in_chart': left_out_not_in_chart
  } as parts,
  case
    when not is_given then 'Allowed amounts are missing. Set REFLOOP_ALLOWED_AMOUNTS to a file of your own; nothing is assumed without it.'
    when n is null then 'Nobody was seen in the network in a specialty whose amounts are assumed.'
    when is_synthetic then 'From made-up amounts of the sandbox: nobody’s money. A range of assumptions, not an interval of chance.'
    else 'A range of assumptions, not an interval of chance.'
  end as note
from left_out
cross join attribution
left join counted using (segment)
order by left_out.segment
