-- Seen within the days of the category, by anybody. A visit that is only inferred had happened by the day on which it was known.
select *
from denominator
where seen_by <= ordered_on + within_days
