-- Which rule leaves a referral out; null where none does. And how often people of the practice touched it, by the kind of work.
with worked as (
  select
    referral,
    count(*) as touches,
    count(distinct person) as people,
    count(*) filter (kind = 'order') as order_touches,
    count(*) filter (kind = 'sending') as sending_touches,
    count(*) filter (kind = 'answer') as answer_touches,
    count(*) filter (kind = 'visit') as visit_touches,
    count(*) filter (kind = 'patient') as patient_touches,
    count(*) filter (kind = 'message') as message_touches,
    count(*) filter (kind = 'payer') as payer_touches,
    count(*) filter (kind = 'note') as note_touches,
    count(*) filter (kind = 'other') as other_touches
  from core__act
  group by referral
)

select
  referral.*,
  parameters.*,
  coalesce(touches, 0) as touches,
  coalesce(people, 0) as people,
  coalesce(order_touches, 0) as order_touches,
  coalesce(sending_touches, 0) as sending_touches,
  coalesce(answer_touches, 0) as answer_touches,
  coalesce(visit_touches, 0) as visit_touches,
  coalesce(patient_touches, 0) as patient_touches,
  coalesce(message_touches, 0) as message_touches,
  coalesce(payer_touches, 0) as payer_touches,
  coalesce(note_touches, 0) as note_touches,
  coalesce(other_touches, 0) as other_touches,
  case
    when not referral.was_active then 'not-in-chart'
    when referral.closed_on is null then 'not-closed'
  end as why
from referral
cross join parameters
left join worked on worked.referral = referral.referral
