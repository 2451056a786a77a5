-- How many referrals there are of each kind.
select segment, why, way, way_and_kind, count(*) as many
from exclusions
group by all
