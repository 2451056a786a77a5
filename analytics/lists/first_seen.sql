-- Where each patient was first seen: referrals whose order stood in the chart and whose first visit was with somebody of known network status.
with first_visit as (
  select referral, arg_min({'performer': performer, 'network': network}, {'known_on': known_on, 'sequence': sequence}) as visit
  from core__visit
  group by referral
)

select
  referral.referral,
  referral.ordered_on,
  referral.patient,
  referral.specialty,
  referral.zip3,
  first_visit.visit.performer as performer,
  first_visit.visit.network as network,
  referral.lawful_choice,
  referral.asked_network = 'out' as was_ordered_out,
  core__loss.leak_group as cause_group
from referral
inner join first_visit using (referral)
left join core__loss using (referral)
where referral.was_active and first_visit.visit.network in ('in', 'out')
