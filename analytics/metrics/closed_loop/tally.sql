-- How many referrals there are of each kind.
select segment, why, stands, is_closed, visits > 0 as is_seen, count(*) as many
from exclusions
group by all
