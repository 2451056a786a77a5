-- Whatever no rule leaves out, told apart by where each stands.
select *, stands as category from exclusions where why is null
