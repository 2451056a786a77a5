-- The patient booked first.
select * from denominator where first_by = 'patient'
