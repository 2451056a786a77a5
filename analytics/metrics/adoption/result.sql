-- One row for each segment, those with nobody to count too.
with counted as (
  select
    segment,
    count(*) as n,
    count(*) filter (late_touches > 0) as active,
    count(*) filter (is_signer) as signers,
    count(*) filter (is_signer and late_touches > 0) as active_signers,
    sum(late_touches)::bigint as late_touches
  from denominator
  group by segment
),

joined as (
  select
    segment,
    coalesce(n, 0) as n,
    coalesce(active, 0) as active,
    coalesce(signers, 0) as signers,
    coalesce(active_signers, 0) as active_signers,
    coalesce(late_touches, 0) as late_touches
  from (select distinct segment from referral)
  left join counted using (segment)
)

select
  segment,
  n,
  share(active, n) as value,
  share_low(active, n) as low,
  share_high(active, n) as high,
  {
    'active': active,
    'stopped': n - active,
    'signers': signers,
    'active_signers': active_signers,
    'touches_each': share(late_touches, active)
  } as parts,
  if(n = 0, 'Nobody has done anything yet.', null) as note
from joined
order by segment
