-- How many referrals there are of each kind.
select segment, why, furthest, seen_by_anybody, ended_how is null as is_open, count(*) as many
from progress
group by all
