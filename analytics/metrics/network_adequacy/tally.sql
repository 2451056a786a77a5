-- How many patients there are of each kind. Of two filters they cannot be added up: whom one of them counts once, the other may count again.
select
  segment,
  why,
  accepting >= 1 as has_one,
  accepting >= several as has_several,
  count(*) as many
from exclusions
group by all
