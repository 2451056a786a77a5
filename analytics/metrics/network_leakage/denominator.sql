-- Seen anywhere, by a specialist who is known to be in the network or outside it.
select * from exclusions where why is null
