-- Every day on which anything may have happened, and the business days among them, counted through.
-- In: the years from 2000 to the one after the snapshot. Which day is a business day the domain says (sla/business-time.ts).
-- business_day_number counts the business days up to and including this one. counts_from is the number from which days are counted
-- that start on this day: its own, or that of the next business day where nobody works.
with day as (
  select unnest(range(make_date(2000, 1, 1), make_date(year(as_of) + 2, 1, 1), interval 1 day))::date as day
  from snapshot
),

counted as (
  select
    day.day,
    business_day.day is not null as is_business_day,
    count(business_day.day) over (order by day.day) as business_day_number
  from day
  left join business_day on business_day.day = day.day
)

select
  day,
  is_business_day,
  business_day_number,
  business_day_number + if(is_business_day, 0, 1) as counts_from
from counted
order by day
