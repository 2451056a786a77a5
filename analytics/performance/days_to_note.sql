-- How long after the visit the final note came, and which rule leaves an attempt out.
select
  *,
  case
    when specialist is null then 'no-npi'
    when not was_active then 'not-in-chart'
    when service is distinct from 'visit' then 'no-visit-asked'
    when seen_by is null then 'not-seen'
    when seen_on is null then 'undated'
    when seen_on + within >= as_of then 'too-young'
    when note_by is null or note_by > seen_on + within then 'no-note'
    when note_on is null or note_on < seen_on then 'undated'
  end as why,
  true as counts,
  note_on - seen_on as outcome
from attempt
cross join (select within from parameters)
