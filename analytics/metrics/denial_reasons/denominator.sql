-- Denied at least once.
select * from exclusions where why is null
