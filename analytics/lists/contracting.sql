-- Specialists outside the network who see the most of this practice's referrals: with whom a contract would bring patients back.
-- One row for each of them, specialty and three-digit ZIP code of the patients, and one for all their areas together (zip3 null).
-- In: first_seen, referrals whose order stood in the chart and whose patient was first seen by a specialist of known network status.
-- Visits by lawful choice are counted apart and never a reason for a contract.
-- Referrals are counted, and beside them whose they are: one patient may have several.
-- Out: nobody here; whoever saw fewer than ten patients is left out by who reads it (src/contracting.ts), and how many those are is told.
with area as (
  select specialty, zip3, grouping(zip3) as all_areas, count(*) as seen_anywhere
  from first_seen
  group by grouping sets ((specialty, zip3), (specialty))
),

outside as (
  select
    specialty,
    zip3,
    performer,
    grouping(zip3) as all_areas,
    count(*) filter (not lawful_choice) as went_out,
    count(distinct patient) filter (not lawful_choice) as patients,
    count(*) filter (lawful_choice) as by_lawful_choice,
    count(*) filter (not lawful_choice and was_ordered_out) as ordered_out,
    count(*) filter (not lawful_choice and cause_group in ('access', 'network-gap')) as for_access
  from first_seen
  where network = 'out' and performer is not null
  group by grouping sets ((specialty, zip3, performer), (specialty, performer))
)

select
  outside.specialty,
  if(outside.all_areas = 1, null, coalesce(outside.zip3, 'unknown')) as zip3,
  outside.performer,
  outside.went_out,
  outside.patients,
  area.seen_anywhere,
  share(outside.went_out, area.seen_anywhere) as value,
  share_low(outside.went_out, area.seen_anywhere) as low,
  share_high(outside.went_out, area.seen_anywhere) as high,
  outside.by_lawful_choice,
  outside.ordered_out,
  outside.for_access
from outside
inner join area
  on area.specialty is not distinct from outside.specialty
  and area.zip3 is not distinct from outside.zip3
  and area.all_areas = outside.all_areas
where outside.went_out > 0
order by outside.all_areas desc, outside.went_out desc, outside.specialty, outside.performer, zip3
