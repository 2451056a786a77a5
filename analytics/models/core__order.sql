-- The clinician's order of each referral: the last approval, while it is in force.
-- In: referrals whose approval was neither withdrawn nor overtaken by a change of the order in the chart.
-- Out: drafts, and everything that happened before this approval: it was done under an authority that is no more.
-- The order is dated by its approval, which is when the order is written (ServiceRequest.authoredOn).
with lapse as (
  select
    referral,
    max(sequence) filter (type = 'referral-approved') as approved_at,
    max(sequence) filter (type in ('approval-withdrawn', 'order-changed-before-write')) as lapsed_at
  from input__event
  where type in ('referral-approved', 'approval-withdrawn', 'order-changed-before-write')
  group by referral
),

in_force as (
  select referral, approved_at
  from lapse
  where approved_at > coalesce(lapsed_at, 0)
),

-- What the chart made of the order. An end is final; else the last word holds.
standing as (
  select
    event.referral,
    bool_or(event.order_standing = 'active') as was_active,
    arg_max(event.order_standing, event.sequence) filter (event.order_standing is not null) as last_standing,
    arg_max(event.recorded_on, event.sequence) filter (event.order_standing is not null) as last_standing_on,
    arg_max(event.detail, event.sequence) filter (event.type = 'order-ended') as ended_how,
    arg_max(coalesce(event.effective_on, event.recorded_on), event.sequence) filter (event.type = 'order-ended') as ended_on
  from input__event as event
  inner join in_force on in_force.referral = event.referral and event.sequence > in_force.approved_at
  where event.order_standing is not null or event.type = 'order-ended'
  group by event.referral
)

select
  approval.referral,
  approval.sequence as approved_at,
  coalesce(approval.effective_on, approval.recorded_on) as ordered_on,
  approval.requester,
  approval.clinic,
  approval.payer,
  approval.zip3,
  approval.miles,
  approval.language,
  approval.performer as ordered_performer,
  approval.performer_nucc as ordered_nucc,
  approval.network as ordered_network,
  approval.rank as ordered_rank,
  approval.detail as override_reason,
  coalesce(standing.was_active, false) as was_active,
  case
    when standing.ended_how is not null then 'ended'
    else coalesce(standing.last_standing, 'approved')
  end as standing,
  -- An order that was revoked in the chart has ended too, whoever revoked it.
  case
    when standing.ended_how is not null then standing.ended_how
    when standing.last_standing = 'revoked' then 'revoked'
  end as ended_how,
  case
    when standing.ended_how is not null then standing.ended_on
    when standing.last_standing = 'revoked' then standing.last_standing_on
  end as ended_on
from input__event as approval
inner join in_force on in_force.referral = approval.referral and in_force.approved_at = approval.sequence
left join standing on standing.referral = approval.referral
