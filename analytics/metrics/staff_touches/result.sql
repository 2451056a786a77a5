-- One row for each segment, those with nobody to count too.
with counted as (
  select
    segment,
    total(many, counts = 'referral' and why is null) as n,
    coalesce(sum(many * touches) filter (counts = 'referral' and why is null), 0)::bigint as touches,
    coalesce(sum(many * touches * touches) filter (counts = 'referral' and why is null), 0)::bigint as squares,
    total(many, counts = 'people') as people,
    total(many, counts = 'order') as order_touches,
    total(many, counts = 'sending') as sending_touches,
    total(many, counts = 'answer') as answer_touches,
    total(many, counts = 'visit') as visit_touches,
    total(many, counts = 'patient') as patient_touches,
    total(many, counts = 'message') as message_touches,
    total(many, counts = 'payer') as payer_touches,
    total(many, counts = 'note') as note_touches,
    total(many, counts = 'other') as other_touches,
    total(many, why = 'not-closed') as left_out_not_closed,
    total(many, why = 'not-in-chart') as left_out_not_in_chart
  from tally
  group by segment
)

select
  segment,
  n,
  mean_of(touches, n) as value,
  mean_low(touches, squares, n) as low,
  mean_high(touches, squares, n) as high,
  {
    'touches': touches,
    'people': people,
    'order_touches': order_touches,
    'sending_touches': sending_touches,
    'answer_touches': answer_touches,
    'visit_touches': visit_touches,
    'patient_touches': patient_touches,
    'message_touches': message_touches,
    'payer_touches': payer_touches,
    'note_touches': note_touches,
    'other_touches': other_touches,
    'left_out_not_closed': left_out_not_closed,
    'left_out_not_in_chart': left_out_not_in_chart
  } as parts,
  mean_note(n) as note
from counted
order by segment
