-- How many referrals there are of each kind.
select segment, why, way, way_and_cause, is_recorded, count(*) as many
from exclusions
group by all
