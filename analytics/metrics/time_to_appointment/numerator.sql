-- Those who arrived.
select * from durations where outcome = 'arrived'
