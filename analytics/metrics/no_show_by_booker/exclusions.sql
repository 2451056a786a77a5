-- Which rule leaves an appointment out; null where none does. The category is who booked it.
select * exclude (category), coalesce(booked_by_side, 'unknown') as category from appointment_outcomes
