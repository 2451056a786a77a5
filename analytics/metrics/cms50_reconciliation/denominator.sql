-- Looked at by the step.
select * from steps where looked_at
