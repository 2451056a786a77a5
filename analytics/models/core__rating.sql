-- What the patient said of it, from 1 to 5, the best: the last word under the order in force.
-- In: the number. Out: words the patient wrote beside it, and ratings of an order before.
select
  event.referral,
  arg_max(event.detail::integer, event.sequence) as score,
  arg_max(coalesce(event.effective_on, event.recorded_on), event.sequence) as rated_on
from input__event as event
inner join core__order using (referral)
where event.type = 'patient-rated' and event.sequence > core__order.approved_at and event.detail in ('1', '2', '3', '4', '5')
group by event.referral
order by event.referral
