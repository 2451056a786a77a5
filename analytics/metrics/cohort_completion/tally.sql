-- How many referrals there are of each kind, for each category.
select segment, category, within_days, why, is_attended, count(*) as many
from exclusions
group by all
