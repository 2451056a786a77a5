-- How many referrals there are of each kind.
select segment, why, score, is_asked, count(*) as many
from exclusions
group by all
