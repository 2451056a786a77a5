-- How many referrals there are of each kind.
select segment, why, is_seen, is_lost, count(*) as many
from exclusions
group by all
