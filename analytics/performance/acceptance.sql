-- Whether each attempt was accepted in time, and which rule leaves it out. A silence of ten business days is an answer.
with timed as (
  select
    *,
    business_days(sent_on, answered_by) as answered_after,
    business_days(sent_on, ended_on) as ended_after,
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
    when answered_by is not null and answered_on is null and answered_after > within then 'undated'
    when (answer is null or answered_after > within) and ended_after < within then 'taken-back'
  end as why,
  (answer = 'accepted' and answered_after <= within) is true as counts,
  counts::integer as outcome
from timed
