-- severity: warning
-- The patient was seen for a referral whose order never stood in the chart: it is in no metric that starts at the order.
select referral, visits, standing
from core__referral
where visits > 0 and not was_active
