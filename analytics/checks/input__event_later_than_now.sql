-- severity: error
-- Recorded after the moment the snapshot is of: a clock is wrong, and open referrals would be younger than nothing.
select referral, sequence, recorded_on
from input__event, snapshot
where recorded_on > snapshot.as_of
