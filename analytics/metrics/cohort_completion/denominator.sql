-- Referrals for a visit whose order stood in the chart, as old as the category asks.
select * from exclusions where why is null
