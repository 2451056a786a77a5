-- One row for each segment, those with nobody to count too.
with counted as (
  select
    segment,
    total(many, why is null) as n,
    total(many, why is null and is_closed) as closed,
    total(many, why is null and stands = 'closed') as ever_closed,
    total(many, why is null and stands = 'not-seen') as not_seen,
    total(many, why is null and stands = 'not-seen' and is_seen) as seen_elsewhere,
    total(many, why is null and stands = 'no-note') as no_note,
    total(many, why is null and stands = 'note-not-linked') as note_not_linked,
    total(many, why is null and stands = 'not-reviewed') as not_reviewed,
    total(many, why = 'cancelled') as left_out_cancelled,
    total(many, why = 'young') as left_out_young,
    total(many, why = 'not-in-chart') as left_out_not_in_chart,
    total(many, why = 'no-visit-asked') as left_out_no_visit_asked
  from tally
  group by segment
)

select
  segment,
  n,
  share(closed, n) as value,
  share_low(closed, n) as low,
  share_high(closed, n) as high,
  {
    'closed': closed,
    'closed_later': ever_closed - closed,
    'not_seen': not_seen,
    'seen_elsewhere': seen_elsewhere,
    'no_note': no_note,
    'note_not_linked': note_not_linked,
    'not_reviewed': not_reviewed,
    'left_out_cancelled': left_out_cancelled,
    'left_out_young': left_out_young,
    'left_out_not_in_chart': left_out_not_in_chart,
    'left_out_no_visit_asked': left_out_no_visit_asked
  } as parts,
  case
    when n = 0 and left_out_young > 0 then 'All orders are younger than 180 days; it is too early to judge.'
    when n = 0 then 'No referral to count.'
  end as note
from counted
order by segment
