-- severity: warning
-- A visit is dated before the order it is told for: it counts as a visit, and no time is reckoned from it.
select visit.referral, visit.sequence, visit.seen_on, core__order.ordered_on
from core__visit as visit
inner join core__order using (referral)
where visit.seen_on < core__order.ordered_on
