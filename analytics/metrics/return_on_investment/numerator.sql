-- Seen in the network, once an episode, in a specialty whose amounts are assumed.
select * from denominator where kept_why is null
