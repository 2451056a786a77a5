-- Which rule leaves a referral out; null where none does. The first that holds is named. And the clock of each.
with elsewhere as (
  select *, if(seen_place = 'elsewhere' and seen_by >= ordered_on, seen_by, null) as elsewhere_on
  from referral
)

select
  * exclude (elsewhere_on),
  case
    when not was_active then 'not-in-chart'
    when service <> 'visit' then 'no-visit-asked'
    when booked_on is null and (booked_by is not null or asked_seen_by is not null) then 'undated'
  end as why,
  ordered_on as clock_started_on,
  booked_on as arrived_on,
  least(elsewhere_on, ended_on) as lost_on,
  if(elsewhere_on < ended_on or ended_on is null, if(elsewhere_on is null, null, 'seen-elsewhere'), ended_how) as lost_how
from elsewhere
cross join parameters
