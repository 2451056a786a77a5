-- How many referrals there are of each kind.
select segment, why, denial_reason, outcome, count(*) as many
from exclusions
group by all
