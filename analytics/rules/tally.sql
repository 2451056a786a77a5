-- Of a time: how many were on the way for so many days and ended so, and how many were left out.
select
  segment,
  why,
  outcome,
  day,
  outcome <> 'arrived' and arrived_on is not null as arrived_after_loss,
  count(*) as many
from durations
group by all
