-- Who verifiably accepts whom: for each specialty, payer and three-digit ZIP code of an EHR, how many specialists in the network accepted
-- a referral of such a patient lately, at a place within the distance. Of whoever was not asked nothing is known.
select
  asked.tenant,
  asked.issuer,
  asked.specialty,
  asked.payer,
  asked.zip3,
  count(distinct attempt.performer)::integer as accepting
from core__attempt as attempt
inner join core__referral as asked using (referral)
cross join parameters
where
  attempt.attempt = 1
  and attempt.network = 'in'
  and attempt.answer = 'accepted'
  and attempt.answered_by > as_of - verified_days
  and asked.was_active
  and asked.service = 'visit'
  and asked.miles <= threshold_miles
group by asked.tenant, asked.issuer, asked.specialty, asked.payer, asked.zip3
