-- How many were on the way for so many days and ended so, how many of them were declined before anybody accepted, and how many were left out.
select
  segment,
  why,
  outcome,
  day,
  outcome <> 'arrived' and arrived_on is not null as arrived_after_loss,
  declined_by <= coalesce(accepted_by, as_of) as is_declined_first,
  count(*) as many
from durations
group by all
