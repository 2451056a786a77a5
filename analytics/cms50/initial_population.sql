-- Patients with a first referral, and with an encounter or a procedure that counts.
select patient, id as referral
from first_referral
where
  patient in (select patient from considered_encounter where len(why_not) = 0)
  or patient in (select patient from considered_procedure where len(why_not) = 0)
