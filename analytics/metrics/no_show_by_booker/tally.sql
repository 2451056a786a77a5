-- How many appointments there are of each kind, by who booked them; of a segment without any, none.
select segment, category, why, outcome = 'missed' as is_missed, count(*) as many
from exclusions
group by all
union all by name
select segment, 0 as many
from referral
group by segment
