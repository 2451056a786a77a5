-- The first referral of each patient for CMS50: of the orders in the measure from January through October the earliest. Of two on one day
-- the one that was begun earlier, else the one whose pseudonym is smaller: no times of day are kept.
select referral
from measured_order
where in_measure and ordered_on <= referrals_until
qualify row_number() over (partition by tenant, issuer, patient order by ordered_on, started_on, referral) = 1
