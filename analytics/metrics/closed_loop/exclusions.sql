-- Which rule leaves a referral out; null where none does. And where each stands: closed, or at the first thing that is missing.
select
  *,
  case
    when closed_on is not null then 'closed'
    when asked_seen_by is null then 'not-seen'
    when note_received_by is null then 'no-note'
    when note_by is null then 'note-not-linked'
    else 'not-reviewed'
  end as stands,
  closed_on <= ordered_on + within_days as is_closed
from mature_not_cancelled
