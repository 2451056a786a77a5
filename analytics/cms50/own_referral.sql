-- Our own referrals as the ServiceRequest that the chart holds: its last word there, the day of the order, and the specialty whose code it bears.
-- In: what was ordered. Out: drafts. A closed loop has completed its request; what only ended here is active in the chart.
with last_word as (
  select referral, arg_max(order_standing, sequence) as standing
  from input__event
  where order_standing is not null
  group by referral
)

select
  core__referral.referral,
  core__referral.patient,
  core__referral.specialty,
  strftime(core__referral.ordered_on, '%Y-%m-%d') as ordered_on,
  case
    when not core__referral.was_active then 'draft'
    when last_word.standing = 'revoked' then 'revoked'
    when last_word.standing = 'awaiting-signature' then 'draft'
    when core__referral.closed_on is not null then 'completed'
    else 'active'
  end as status
from core__referral
left join last_word using (referral)
where core__referral.ordered_on is not null
order by core__referral.referral
