-- One row for each segment, those with nobody to count too.
with left_out as (
  select
    segment,
    count(*) filter (why = 'not-in-chart') as left_out_not_in_chart,
    count(*) filter (why = 'not-asked') as left_out_not_asked,
    count(*) filter (why = 'not-needed') as left_out_not_needed,
    count(*) filter (why = 'pending') as pending
  from exclusions
  group by segment
),

counted as (
  select
    segment,
    count(*) as n,
    count(*) filter (ever_denied) as ever_denied,
    count(*) filter (ever_denied and outcome in ('approved', 'not-needed')) as overturned,
    count(*) filter (outcome = 'pending') as asked_again
  from denominator
  group by segment
),

denied_of as (
  select segment, count(*) as denied from numerator group by segment
),

joined as (
  select
    left_out.segment,
    coalesce(n, 0) as n,
    coalesce(denied, 0) as denied,
    coalesce(ever_denied, 0) as ever_denied,
    coalesce(overturned, 0) as overturned,
    coalesce(asked_again, 0) as asked_again,
    pending,
    left_out_not_asked,
    left_out_not_needed,
    left_out_not_in_chart
  from left_out
  left join counted using (segment)
  left join denied_of using (segment)
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
from joined
order by segment
