-- One row for each segment, those with nobody to count too.
select
  segment,
  n,
  median as value,
  median_low as low,
  median_high as high,
  {
    'noted': many(outcomes, 'arrived'),
    'declined_by_patient': many(outcomes, 'patient-declined'),
    'cancelled': many(outcomes, 'cancelled'),
    'expired': many(outcomes, 'expired'),
    'died': many(outcomes, 'died'),
    'censored': many(outcomes, 'censored'),
    'noted_after_end': arrived_after_loss,
    'noted_by_7': arrived_by(points, last_day, is_final, 7),
    'noted_by_14': arrived_by(points, last_day, is_final, 14),
    'noted_by_30': arrived_by(points, last_day, is_final, 30),
    'median_of_all': median_of_all,
    'followed_days': last_day,
    'left_out_undated': many(left_out, 'undated'),
    'left_out_not_seen': many(left_out, 'not-seen'),
    'left_out_not_in_chart': many(left_out, 'not-in-chart'),
    'left_out_no_visit_asked': many(left_out, 'no-visit-asked')
  } as parts,
  time_note(n, median, median_high, last_day, 'answered by a note') as note
from time_summary
order by segment
