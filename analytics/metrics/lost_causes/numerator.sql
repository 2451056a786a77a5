-- The lost ones, each in the one way and by the one cause.
select
  *,
  way || '/' || coalesce(
    if(way = 'leaked', leak_group || '/' || leak_cause, unseen_group || '/' || unseen_cause), 'unknown/unknown'
  ) as category,
  if(way = 'leaked', leak_is_recorded, unseen_is_recorded) as is_recorded
from denominator
where way is not null
