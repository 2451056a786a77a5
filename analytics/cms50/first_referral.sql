-- The earliest ServiceRequest of each patient that can be one; of two at the same time the one with the smaller id.
select
  id,
  patient,
  authored_at,
  authored_known,
  authored_earliest
from considered_referral
where len(why_not) = 0
qualify row_number() over (partition by patient order by authored_earliest, id) = 1
