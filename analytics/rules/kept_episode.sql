-- Of money: which rule leaves a referral out; null where its patient was seen in the network, once an episode. The first that holds is named.
-- A visit within 90 days of the one before it, of the same patient and specialty, is the same episode: its money is in that one's amount.
-- Episodes are told from all referrals, so that which ones are looked at does not change what one of them counts for.
with judged as (
  select
    referral,
    tenant,
    issuer,
    patient,
    specialty,
    coalesce(seen_on, seen_by) as first_seen,
    case
      when not was_active then 'not-in-chart'
      when visits = 0 then 'not-seen'
      when seen_network = 'unknown' then 'network-unknown'
      when seen_network = 'out' then 'seen-outside'
    end as first_why
  from core__referral
),

in_order as (
  select
    referral,
    first_seen,
    first_why,
    lag(first_seen) over (
      partition by tenant, issuer, patient, specialty, first_why is null
      order by first_seen, referral
    ) as seen_before
  from judged
)

select
  referral.*,
  in_order.first_seen,
  allowed_amount.low as amount_low,
  allowed_amount.high as amount_high,
  case
    when first_why is not null then first_why
    when seen_before is not null and first_seen <= seen_before + episode_days then 'same-episode'
    when allowed_amount.specialty is null then 'no-amount'
  end as why
from in_order
inner join referral using (referral)
cross join parameters
left join allowed_amount on allowed_amount.specialty = referral.specialty
