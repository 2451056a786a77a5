-- Which rule leaves a referral out; null where none does. The first that holds is named. And the clock of each.
select
  *,
  case
    when not was_active then 'not-in-chart'
    when service <> 'visit' then 'no-visit-asked'
    when asked_seen_by is null then 'not-seen'
    when asked_seen_on is null or (note_by is not null and note_on is null) or note_on < asked_seen_on then 'undated'
  end as why,
  asked_seen_on as clock_started_on,
  note_on as arrived_on,
  if(ended_on >= asked_seen_on, ended_on, null) as lost_on,
  ended_how as lost_how
from referral
cross join parameters
