-- Patients who needed such a specialist lately, each once for each specialty.
select * from exclusions where why is null
