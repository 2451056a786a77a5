-- Which rule leaves an appointment out; null where none does. The category is its lead time.
select * from appointment_outcomes
