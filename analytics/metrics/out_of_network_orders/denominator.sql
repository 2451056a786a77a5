-- Orders in the chart to a specialist who was known to be in the network or outside it.
select * from exclusions where why is null
