-- One row for each segment, those with nobody to count too.
with counted as (
  select
    segment,
    total(many, why is null) as n,
    total(many, why is null and is_denied) as denied,
    total(many, why is null and ever_denied) as ever_denied,
    total(many, why is null and ever_denied and outcome in ('approved', 'not-needed')) as overturned,
    total(many, why is null and outcome = 'pending') as asked_again,
    total(many, why = 'pending') as pending,
    total(many, why = 'not-asked') as left_out_not_asked,
    total(many, why = 'not-needed') as left_out_not_needed,
    total(many, why = 'not-in-chart') as left_out_not_in_chart
  from tally
  group by segment
)

select
  segment,
  n,
  share(denied, n) as value,
  share_low(denied, n) as low,
  share_high(denied, n) as high,
  {
    'denied': denied,
    'ever_denied': ever_denied,
    'first_denial_rate': share(ever_denied, n),
    'overturned': overturned,
    'overturned_share': share(overturned, ever_denied),
    'asked_again': asked_again,
    'pending': pending,
    'left_out_not_asked': left_out_not_asked,
    'left_out_not_needed': left_out_not_needed,
    'left_out_not_in_chart': left_out_not_in_chart
  } as parts,
  case
    when n = 0 and pending > 0 then 'The payer has not decided yet.'
    when n = 0 then 'No authorization was decided.'
  end as note
from counted
order by segment
