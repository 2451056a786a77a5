-- An appointment was made within the window. Whoever was seen had one, told or not.
select *
from denominator
where booked_by <= ordered_on + within_days or seen_by <= ordered_on + within_days
