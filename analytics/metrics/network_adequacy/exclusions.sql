-- Which rule leaves a referral out; null where none does. The first that holds is named. Each patient counts once for each specialty,
-- with the latest order.
with judged as (
  select
    *,
    case
      when not was_active then 'not-in-chart'
      when service <> 'visit' then 'no-visit-asked'
      when ordered_on <= as_of - looked_back_days then 'old'
      when zip3 is null or zip3 = '000' or payer is null then 'place-unknown'
    end as first_why
  from referral
  cross join parameters
),

counted_once as (
  select
    *,
    row_number() over (
      partition by tenant, issuer, patient, specialty, first_why is null
      order by ordered_on desc, referral desc
    ) as place_from_last
  from judged
)

select
  counted_once.* exclude (first_why, place_from_last),
  coalesce(accepting.accepting, 0) as accepting,
  case
    when first_why is not null then first_why
    when place_from_last > 1 then 'counted-once'
  end as why
from counted_once
left join accepting
  on accepting.tenant = counted_once.tenant
  and accepting.issuer = counted_once.issuer
  and accepting.specialty = counted_once.specialty
  and accepting.payer = counted_once.payer
  and accepting.zip3 = counted_once.zip3
