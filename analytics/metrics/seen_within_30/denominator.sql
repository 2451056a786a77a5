-- Referrals for a visit whose order stood in the chart, followed to the day of the look.
select * from exclusions where why is null
