-- How many referrals there are of each kind.
select segment, why, is_overridden, if(ordered_rank > 4, 4, ordered_rank) as rank, count(*) as many
from exclusions
group by all
