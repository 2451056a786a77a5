-- How long each was on the way, and how that ended: what came first. Seen on the very day of the end counts as seen.
with first_end as (
  select
    *,
    case
      when seen_on is not null and (ended_on is null or seen_on <= ended_on) then 'arrived'
      when ended_how in ('cancelled', 'revoked') then 'cancelled'
      when ended_how is not null then ended_how
      else 'censored'
    end as outcome
  from denominator
)

select
  *,
  greatest(
    0,
    case outcome
      when 'arrived' then seen_on
      when 'censored' then as_of
      else ended_on
    end - ordered_on
  ) as day
from first_end
