-- Seen by that day, and not after the referral had ended otherwise.
select *
from denominator
where seen_on <= ordered_on + within_days and (ended_on is null or seen_on <= ended_on)
