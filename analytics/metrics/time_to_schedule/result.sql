-- One row for each segment, those with nobody to count too.
select
  segment,
  n,
  median as value,
  median_low as low,
  median_high as high,
  {
    'booked': many(outcomes, 'arrived'),
    'seen_elsewhere': many(outcomes, 'seen-elsewhere'),
    'declined_by_patient': many(outcomes, 'patient-declined'),
    'cancelled': many(outcomes, 'cancelled'),
    'expired': many(outcomes, 'expired'),
    'died': many(outcomes, 'died'),
    'censored': many(outcomes, 'censored'),
    'booked_after_end': arrived_after_loss,
    'booked_by_7': arrived_by(points, last_day, is_final, 7),
    'booked_by_14': arrived_by(points, last_day, is_final, 14),
    'booked_by_30': arrived_by(points, last_day, is_final, 30),
    'median_of_all': median_of_all,
    'followed_days': last_day,
    'left_out_undated': many(left_out, 'undated'),
    'left_out_not_in_chart': many(left_out, 'not-in-chart'),
    'left_out_no_visit_asked': many(left_out, 'no-visit-asked')
  } as parts,
  time_note(n, median, median_high, last_day, 'booked') as note
from time_summary
order by segment
