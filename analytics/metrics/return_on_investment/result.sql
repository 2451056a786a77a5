-- One row for each segment, those with nobody to count too. A range of assumptions; there is no single value between its ends.
with counted as (
  select
    segment,
    count(*) filter (why is null) as n,
    count(*) filter (why is null and closed_on is not null) as closed_referrals,
    count(*) filter (why = 'not-in-chart') as left_out_not_in_chart
  from exclusions
  group by segment
),

of_patient as (
  select
    segment,
    patient,
    count(*) as referrals,
    least(sum(amount_low), any_value(cap)) as amount_low,
    least(sum(amount_high), any_value(cap)) as amount_high
  from numerator
  cross join attribution
  group by segment, patient
),

kept as (
  select segment, sum(referrals)::bigint as kept_referrals, sum(amount_low) as amount_low, sum(amount_high) as amount_high
  from of_patient
  group by segment
),

reckoned as (
  select
    counted.*,
    coalesce(kept_referrals, 0) as kept_referrals,
    coalesce(amount_low, 0) * attribution.low * assumed.recaptured_low as credited_low,
    coalesce(amount_high, 0) * attribution.high * assumed.recaptured_high as credited_high,
    closed_referrals * assumed.minutes_low / 60 * assumed.wage_low as staff_low,
    closed_referrals * assumed.minutes_high / 60 * assumed.wage_high as staff_high,
    n * assumed.cost_low as spent_low,
    n * assumed.cost_high as spent_high
  from counted
  cross join attribution
  cross join return_assumption as assumed
  left join kept on kept.segment = counted.segment
)

select
  segment,
  n,
  null::double as value,
  if(n = 0, null, credited_low + staff_low - spent_high) as low,
  if(n = 0, null, credited_high + staff_high - spent_low) as high,
  {
    'kept_referrals': kept_referrals,
    'closed_referrals': closed_referrals,
    'recaptured_low_dollars': credited_low,
    'recaptured_high_dollars': credited_high,
    'staff_low_dollars': staff_low,
    'staff_high_dollars': staff_high,
    'cost_low_dollars': spent_low,
    'cost_high_dollars': spent_high,
    'attribution_low': attribution.low,
    'attribution_high': attribution.high,
    'recaptured_share_low': assumed.recaptured_low,
    'recaptured_share_high': assumed.recaptured_high,
    'minutes_saved_low': assumed.minutes_low,
    'minutes_saved_high': assumed.minutes_high,
    'wage_low_dollars': assumed.wage_low,
    'wage_high_dollars': assumed.wage_high,
    'cost_each_low_dollars': assumed.cost_low,
    'cost_each_high_dollars': assumed.cost_high,
    'left_out_not_in_chart': left_out_not_in_chart
  } as parts,
  case
    when not assumed.is_given
      then 'What is assumed of the return is missing. Add return_on_investment to the file of REFLOOP_ALLOWED_AMOUNTS; nothing is assumed without it.'
    when n = 0 then 'No referral to count.'
    when is_synthetic then 'From made-up assumptions of the sandbox: nobody’s money. A range of assumptions, not an interval of chance.'
    else 'A range of assumptions, not an interval of chance.'
  end as note
from reckoned
cross join attribution
cross join return_assumption as assumed
order by segment
