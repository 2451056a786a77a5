-- Every cause for which a referral may be lost, with its group and whether the practice could have avoided it.
-- In: the reasons that a person records and the causes that the events show (src/loss-cause.ts). Out: nothing.
-- It is kept with the snapshot: a metric shows those that nothing was lost by too.
select position, cause, cause_group, avoidability, recorded
from loss_cause
order by position
