-- The patient did not come.
select * from denominator where outcome = 'missed'
