-- Counting by the step.
select * from steps where counts
