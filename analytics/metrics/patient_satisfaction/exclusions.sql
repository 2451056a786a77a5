-- Which rule leaves a referral out; null where none does. And what the patient said.
select
  referral.*,
  parameters.*,
  rating.score,
  message.referral is not null as is_asked,
  case
    when not referral.was_active then 'not-in-chart'
    when rating.score is null and message.referral is null then 'not-asked'
    when rating.score is null then 'no-answer'
  end as why
from referral
cross join parameters
left join core__rating as rating on rating.referral = referral.referral
left join core__message as message on message.referral = referral.referral and message.topic = 'rate'
