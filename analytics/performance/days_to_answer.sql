-- How long the specialist took to answer, and which rule leaves an attempt out.
with timed as (
  select
    *,
    business_days(sent_on, answered_by) as answered_after,
    business_days(sent_on, as_of) as followed
  from attempt
  cross join (select within from parameters)
)

select
  *,
  case
    when specialist is null then 'no-npi'
    when not was_active then 'not-in-chart'
    when sent_on is null then 'not-sent'
    when followed <= within then 'too-young'
    when answer is null or answered_after > within then 'no-answer'
    when answered_on is null or answered_on < sent_on then 'undated'
  end as why,
  true as counts,
  answered_on - sent_on as outcome
from timed
