-- How long after the sending the first appointment was offered for, and which rule leaves an attempt out.
select
  *,
  case
    when specialist is null then 'no-npi'
    when not was_active then 'not-in-chart'
    when service is distinct from 'visit' then 'no-visit-asked'
    when sent_on is null then 'not-sent'
    when sent_on + within >= as_of then 'too-young'
    when booked_by is null or booked_by > sent_on + within then 'not-booked'
    when appointment_on is null or appointment_on < sent_on then 'undated'
  end as why,
  true as counts,
  appointment_on - sent_on as outcome
from attempt
cross join (select within from parameters)
