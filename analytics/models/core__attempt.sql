-- Who was asked: one row for each attempt under the order in force.
-- In: the performer of the approval (attempt 1) and every one asked after. Out: attempts under an approval that lapsed.
select
  event.referral,
  event.attempt,
  event.sequence as opened_at,
  event.performer,
  event.performer_nucc,
  event.network
from input__event as event
inner join core__order using (referral)
where
  event.sequence >= core__order.approved_at
  and event.type in ('referral-approved', 'attempt-opened')
