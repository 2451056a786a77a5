-- Whether a final note came back in time from each visit, and which rule leaves an attempt out.
with timed as (
  select
    *,
    business_days(seen_on, note_by) as noted_after,
    business_days(seen_on, as_of) as followed
  from attempt
  cross join (select within from parameters)
)

select
  *,
  case
    when specialist is null then 'no-npi'
    when not was_active then 'not-in-chart'
    when service is distinct from 'visit' then 'no-visit-asked'
    when seen_by is null then 'not-seen'
    when seen_on is null then 'undated'
    when note_by < seen_on then 'undated'
    when followed <= within then 'too-young'
  end as why,
  (noted_after <= within) is true as counts,
  counts::integer as outcome
from timed
