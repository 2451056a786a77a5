-- How many referrals there are of each kind.
select segment, why, first_by, patient_booked, is_invited, count(*) as many
from exclusions
group by all
