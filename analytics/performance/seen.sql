-- Whether the patient was seen in time by the specialist who accepted, and which rule leaves an attempt out.
with judged as (
  select
    attempt.*,
    seen_by <= sent_on + within as was_seen,
    within
  from attempt
  cross join (select within from parameters)
)

select
  *,
  case
    when specialist is null then 'no-npi'
    when not was_active then 'not-in-chart'
    when service is distinct from 'visit' then 'no-visit-asked'
    when sent_on is null then 'not-sent'
    when answer is distinct from 'accepted' then 'not-accepted'
    when sent_on + within >= as_of then 'too-young'
    when was_seen is not true and ended_on < sent_on + within then 'taken-back'
  end as why,
  was_seen is true as counts,
  counts::integer as outcome
from judged
