-- Of a time: how long each was on the way, and how that ended: what came first. Arriving on the very day of a loss counts as arriving.
-- The exclusions say of each when its clock started (clock_started_on), when it arrived (arrived_on), and when and how it was lost (lost_on,
-- lost_how); null where it did not, or has not yet. Of those left out (why) nothing is said.
with first_end as (
  select
    *,
    case
      when why is not null then null
      when arrived_on is not null and (lost_on is null or arrived_on <= lost_on) then 'arrived'
      when lost_on is null then 'censored'
      when lost_how = 'revoked' then 'cancelled'
      else lost_how
    end as outcome
  from exclusions
)

select
  *,
  if(
    why is null,
    greatest(
      0,
      case outcome
        when 'arrived' then arrived_on
        when 'censored' then as_of
        else lost_on
      end - clock_started_on
    ),
    null
  ) as day
from first_end
