-- Which rule leaves an appointment out; null where none does. Told apart by lead time in no_show_by_lead_time.
select * exclude (category) from appointment_outcomes
