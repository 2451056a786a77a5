-- Whatever no rule leaves out.
select * from exclusions where why is null
