-- How many referrals there are of each kind.
select segment, why, service = 'visit' as is_visit, count(*) as many
from exclusions
group by all
