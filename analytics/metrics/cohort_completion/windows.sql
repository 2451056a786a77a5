-- The days by which it is asked how many were seen.
select 'day-' || within_days as category, within_days
from (select unnest([30, 60, 90, 120, 150, 180]) as within_days)
