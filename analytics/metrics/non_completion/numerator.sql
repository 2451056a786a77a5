-- Not seen within the window, by anybody.
select *
from denominator
where coalesce(seen_by > ordered_on + within_days, true)
