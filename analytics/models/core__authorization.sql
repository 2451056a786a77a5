-- What the payer said, one row for each referral of which it was asked or said anything for the order in force.
-- In: the last word, and whether it ever denied. Out: what was said for an order before this one.
-- An approval after a denial is an appeal that was won, or missing information that was given.
select
  event.referral,
  min(coalesce(event.effective_on, event.recorded_on)) filter (event.type = 'authorization-asked') as asked_on,
  min(coalesce(event.effective_on, event.recorded_on)) filter (event.type = 'authorization-decided') as first_decided_on,
  max(coalesce(event.effective_on, event.recorded_on)) filter (event.type = 'authorization-decided') as last_decided_on,
  case
    when arg_max(event.type, event.sequence) = 'authorization-asked' then 'pending'
    when arg_max(event.detail, event.sequence) in ('approved', 'not-needed') then arg_max(event.detail, event.sequence)
    else 'denied'
  end as outcome,
  coalesce(bool_or(event.type = 'authorization-decided' and event.detail not in ('approved', 'not-needed')), false) as ever_denied,
  arg_min(event.detail, event.sequence) filter (
    event.type = 'authorization-decided' and event.detail not in ('approved', 'not-needed')
  ) as denial_reason
from input__event as event
inner join core__order using (referral)
where
  event.sequence > core__order.approved_at
  and event.type in ('authorization-asked', 'authorization-decided')
group by event.referral
