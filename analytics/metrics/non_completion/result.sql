-- One row for each segment, those with nobody to count too.
with counted as (
  select
    segment,
    total(many, why is null) as n,
    total(many, why is null and is_unseen) as not_seen,
    total(many, why is null and is_unseen and is_seen_later) as seen_later,
    total(many, why is null and is_unseen and is_booked) as booked,
    total(many, why is null and is_unseen and not is_seen_later and ended_how = 'patient-declined') as declined_by_patient,
    total(many, why is null and is_unseen and not is_seen_later and ended_how = 'expired') as expired,
    total(many, why is null and is_unseen and not is_seen_later and ended_how = 'died') as died,
    total(many, why is null and is_unseen and not is_seen_later and ended_how is null) as still_open,
    total(many, why = 'cancelled') as left_out_cancelled,
    total(many, why = 'young') as left_out_young,
    total(many, why = 'not-in-chart') as left_out_not_in_chart,
    total(many, why = 'no-visit-asked') as left_out_no_visit_asked
  from tally
  group by segment
)

select
  segment,
  n,
  share(not_seen, n) as value,
  share_low(not_seen, n) as low,
  share_high(not_seen, n) as high,
  {
    'not_seen': not_seen,
    'seen_later': seen_later,
    'booked': booked,
    'declined_by_patient': declined_by_patient,
    'expired': expired,
    'died': died,
    'still_open': still_open,
    'left_out_cancelled': left_out_cancelled,
    'left_out_young': left_out_young,
    'left_out_not_in_chart': left_out_not_in_chart,
    'left_out_no_visit_asked': left_out_no_visit_asked
  } as parts,
  case
    when n = 0 and left_out_young > 0 then 'All orders are younger than 180 days; it is too early to judge.'
    when n = 0 then 'No referral to count.'
  end as note
from counted
order by segment
