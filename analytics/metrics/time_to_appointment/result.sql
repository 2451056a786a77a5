-- One row for each segment, those with nobody to count too.
select
  segment,
  n,
  median as value,
  median_low as low,
  median_high as high,
  {
    'attended': many(outcomes, 'arrived'),
    'declined_by_patient': many(outcomes, 'patient-declined'),
    'cancelled': many(outcomes, 'cancelled'),
    'expired': many(outcomes, 'expired'),
    'died': many(outcomes, 'died'),
    'censored': many(outcomes, 'censored'),
    'seen_after_end': arrived_after_loss,
    'seen_by_30': arrived_by(points, last_day, is_final, 30),
    'seen_by_90': arrived_by(points, last_day, is_final, 90),
    'seen_by_180': arrived_by(points, last_day, is_final, 180),
    'median_of_all': median_of_all,
    'followed_days': last_day,
    'left_out_undated': many(left_out, 'undated'),
    'left_out_not_in_chart': many(left_out, 'not-in-chart'),
    'left_out_no_visit_asked': many(left_out, 'no-visit-asked')
  } as parts,
  time_note(n, median, median_high, last_day, 'seen') as note
from time_summary
order by segment
