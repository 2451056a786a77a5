-- Which rule leaves a referral out; null where none does. And who was not seen within the window, by anybody.
select *, coalesce(seen_by > ordered_on + within_days, true) as is_unseen
from mature_not_cancelled
