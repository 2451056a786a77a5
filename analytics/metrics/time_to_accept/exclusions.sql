-- Which rule leaves a referral out; null where none does. The first that holds is named. And the clock of each.
select
  *,
  case
    when not was_active then 'not-in-chart'
    when sent_by is null then 'not-sent'
    when sent_on is null or (accepted_by is not null and accepted_on is null) or accepted_on < sent_on then 'undated'
  end as why,
  sent_on as clock_started_on,
  accepted_on as arrived_on,
  ended_on as lost_on,
  ended_how as lost_how
from referral
cross join parameters
