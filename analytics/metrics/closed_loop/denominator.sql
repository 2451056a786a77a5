-- Whatever no rule leaves out, and where each stands: closed, or at the first thing that is missing (category).
select
  *,
  case
    when closed_on is not null then 'closed'
    when asked_seen_by is null then 'not-seen'
    when note_received_by is null then 'no-note'
    when note_by is null then 'note-not-linked'
    else 'not-reviewed'
  end as category
from exclusions
where why is null
