-- How many referrals there are of each kind.
select
  segment,
  why,
  is_unseen,
  seen_by is not null as is_seen_later,
  booked_by <= ordered_on + within_days as is_booked,
  ended_how,
  count(*) as many
from exclusions
group by all
