-- How many referrals there are of each kind.
select segment, why, cause_group, cause, is_recorded, count(*) as many
from exclusions
group by all
