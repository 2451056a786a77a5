-- Of a time: those who arrived before they were lost.
select * from durations where why is null and outcome = 'arrived'
