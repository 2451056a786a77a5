-- The first linked final note was received on the day on which it was due, or before.
select * from denominator where is_in_time
