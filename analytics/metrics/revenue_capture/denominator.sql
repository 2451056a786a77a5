-- Seen in the network, once an episode, in a specialty whose amounts are assumed.
select * from exclusions where why is null
