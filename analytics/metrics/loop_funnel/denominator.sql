-- Referrals for a visit whose order stood in the chart, old enough to judge.
select * from exclusions where why is null
