-- How many referrals there are of each kind.
select
  segment,
  why,
  is_scheduled,
  is_attended,
  seen_by is not null as is_seen,
  seen_on is not null as is_dated,
  ended_how,
  count(*) as many
from exclusions
group by all
