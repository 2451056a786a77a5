-- Referrals for a visit whose order stood in the chart, and of which every time is known.
select * from exclusions where why is null
