-- Referrals for a visit whose order stood in the chart, old enough to judge: those of completion.
select * from exclusions where why is null
