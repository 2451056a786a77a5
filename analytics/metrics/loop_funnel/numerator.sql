-- Each once for every stage that it reached.
select progress.*, stages.category
from progress
inner join stages on stages.position <= progress.furthest
where progress.why is null
