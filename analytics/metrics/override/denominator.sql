-- Orders that stood in the chart and for which specialists were ranked.
select * from exclusions where why is null
