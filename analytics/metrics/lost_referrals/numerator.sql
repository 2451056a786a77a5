-- Never seen in time, or seen in time outside the network without a lawful choice; the one excludes the other.
select
  *,
  way || '/' || coalesce(if(way = 'leaked', leak_avoidability, unseen_avoidability), 'unknown') as category
from denominator
where way is not null
