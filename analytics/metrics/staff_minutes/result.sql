-- One row for each segment, those with nobody to count too.
with counted as (
  select
    segment,
    count(*) filter (why is null) as n,
    avg(minutes) filter (why is null) as mean,
    var_samp(minutes) filter (why is null) as variance,
    coalesce(sum(timed_touches) filter (why is null), 0)::bigint as timed_touches,
    coalesce(sum(touches) filter (why is null), 0)::bigint as touches,
    count(*) filter (why = 'not-timed') as left_out_not_timed,
    count(*) filter (why = 'not-closed') as left_out_not_closed,
    count(*) filter (why = 'not-in-chart') as left_out_not_in_chart
  from exclusions
  group by segment
)

select
  segment,
  n,
  if(n < fewest_for_mean(), null, mean) as value,
  if(n < fewest_for_mean(), null, greatest(0.0, mean - mean_half(variance, n))) as low,
  if(n < fewest_for_mean(), null, mean + mean_half(variance, n)) as high,
  {
    'timed_touches': timed_touches,
    'touches': touches,
    'timed_share': share(timed_touches, touches),
    'left_out_not_timed': left_out_not_timed,
    'left_out_not_closed': left_out_not_closed,
    'left_out_not_in_chart': left_out_not_in_chart
  } as parts,
  mean_note(n) as note
from counted
order by segment
