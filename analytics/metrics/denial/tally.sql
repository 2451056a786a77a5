-- How many referrals there are of each kind.
select segment, why, is_denied, ever_denied, outcome, count(*) as many
from exclusions
group by all
