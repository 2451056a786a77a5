-- The payer has decided.
select * from exclusions where why is null
