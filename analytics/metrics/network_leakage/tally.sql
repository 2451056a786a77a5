-- How many referrals there are of each kind.
select
  segment,
  why,
  is_leaked,
  seen_network,
  asked_network,
  count(*) as many
from exclusions
group by all
