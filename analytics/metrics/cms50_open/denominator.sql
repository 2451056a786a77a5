-- Open, and a report would still count. Of whatever stage.
select * exclude (category), category as stage from exclusions where why is null
