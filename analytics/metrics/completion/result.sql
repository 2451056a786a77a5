-- One row for each segment, those with nobody to count too.
with counted as (
  select
    segment,
    total(many, why is null) as n,
    total(many, why is null and is_scheduled) as scheduled,
    total(many, why is null and is_attended) as attended,
    total(many, why is null and is_attended and not is_dated) as undated,
    total(many, why is null and is_seen and not is_attended) as attended_later,
    total(many, why is null and not is_seen and ended_how = 'patient-declined') as declined_by_patient,
    total(many, why is null and not is_seen and ended_how in ('cancelled', 'revoked')) as cancelled,
    total(many, why is null and not is_seen and ended_how = 'expired') as expired,
    total(many, why is null and not is_seen and ended_how = 'died') as died,
    total(many, why is null and not is_seen and ended_how is null) as still_open,
    total(many, why = 'young') as left_out_young,
    total(many, why = 'not-in-chart') as left_out_not_in_chart,
    total(many, why = 'no-visit-asked') as left_out_no_visit_asked
  from tally
  group by segment
)

select
  segment,
  n,
  share(attended, n) as value,
  share_low(attended, n) as low,
  share_high(attended, n) as high,
  {
    'scheduled_rate': share(scheduled, n),
    'kept_rate': share(attended, scheduled),
    'scheduled': scheduled,
    'attended': attended,
    'attended_later': attended_later,
    'undated': undated,
    'declined_by_patient': declined_by_patient,
    'cancelled': cancelled,
    'expired': expired,
    'died': died,
    'still_open': still_open,
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
