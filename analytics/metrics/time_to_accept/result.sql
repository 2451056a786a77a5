-- One row for each segment, those with nobody to count too.
with declined as (
  select segment, total(many, why is null and is_declined_first) as declined_first
  from tally
  group by segment
)

select
  time_summary.segment,
  n,
  median as value,
  median_low as low,
  median_high as high,
  {
    'accepted': many(outcomes, 'arrived'),
    'declined_by_patient': many(outcomes, 'patient-declined'),
    'cancelled': many(outcomes, 'cancelled'),
    'expired': many(outcomes, 'expired'),
    'died': many(outcomes, 'died'),
    'censored': many(outcomes, 'censored'),
    'accepted_after_end': arrived_after_loss,
    'accepted_by_2': arrived_by(points, last_day, is_final, 2),
    'accepted_by_5': arrived_by(points, last_day, is_final, 5),
    'accepted_by_14': arrived_by(points, last_day, is_final, 14),
    'median_of_all': median_of_all,
    'followed_days': last_day,
    'declined_first': declined_first,
    'left_out_undated': many(left_out, 'undated'),
    'left_out_not_sent': many(left_out, 'not-sent'),
    'left_out_not_in_chart': many(left_out, 'not-in-chart')
  } as parts,
  time_note(n, median, median_high, last_day, 'accepted') as note
from time_summary
inner join declined using (segment)
order by time_summary.segment
