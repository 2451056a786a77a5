-- Seen outside the network, by lawful choice or not.
select * from exclusions where why is null
