-- Which rule leaves a referral out; null where none does. The first that holds is named.
-- A visit within 90 days of the one before it, of the same patient and specialty, is the same episode: its money is in that one's amount.
with judged as (
  select
    *,
    coalesce(seen_on, seen_by) as first_seen,
    case
      when not was_active then 'not-in-chart'
      when visits = 0 then 'not-seen'
      when seen_network = 'unknown' then 'network-unknown'
      when seen_network = 'out' then 'seen-outside'
    end as first_why
  from referral
),

in_order as (
  select
    *,
    lag(first_seen) over (
      partition by tenant, issuer, patient, specialty, first_why is null
      order by first_seen, referral
    ) as seen_before
  from judged
)

select
  in_order.* exclude (first_why, seen_before),
  allowed_amount.low as amount_low,
  allowed_amount.high as amount_high,
  case
    when first_why is not null then first_why
    when seen_before is not null and first_seen <= seen_before + episode_days then 'same-episode'
    when allowed_amount.specialty is null then 'no-amount'
  end as why
from in_order
cross join parameters
left join allowed_amount on allowed_amount.specialty = in_order.specialty
