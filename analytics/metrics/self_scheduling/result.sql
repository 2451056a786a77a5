-- One row for each segment, those with nobody to count too.
with counted as (
  select
    segment,
    total(many, why is null) as n,
    total(many, why is null and first_by = 'patient') as by_patient,
    total(many, why is null and first_by = 'staff') as by_staff,
    total(many, why is null and first_by = 'office') as by_office,
    total(many, why is null and first_by = 'software') as heard_of,
    total(many, why is null and first_by = 'unknown') as not_told,
    total(many, why is null and first_by <> 'patient' and patient_booked) as patient_later,
    total(many, why is distinct from 'not-in-chart' and is_invited) as invited,
    total(many, why is distinct from 'not-in-chart' and is_invited and patient_booked) as invited_booked,
    total(many, why = 'not-booked') as left_out_not_booked,
    total(many, why = 'not-in-chart') as left_out_not_in_chart
  from tally
  group by segment
)

select
  segment,
  n,
  share(by_patient, n) as value,
  share_low(by_patient, n) as low,
  share_high(by_patient, n) as high,
  {
    'by_patient': by_patient,
    'by_staff': by_staff,
    'by_office': by_office,
    'heard_of': heard_of,
    'not_told': not_told,
    'patient_later': patient_later,
    'invited': invited,
    'invited_booked': invited_booked,
    'conversion_share': share(invited_booked, invited),
    'left_out_not_booked': left_out_not_booked,
    'left_out_not_in_chart': left_out_not_in_chart
  } as parts,
  if(n = 0, 'No referral to count.', null) as note
from counted
order by segment
