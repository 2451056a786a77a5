-- The loop-closure log: of each referral whose loop closed, the day it was ordered, the day a person at the specialist's had it, the day the
-- patient was seen, the day the final note came back, and the day it was reviewed and with that closed.
-- In: loops closed by their rule (closed_on of core__referral). Out: whatever is still open or ended otherwise.
-- A day is null where the step is only inferred from what came later.
select
  referral,
  specialty,
  urgency,
  site,
  ordered_on,
  answered_on as received_on,
  seen_on,
  note_on,
  closed_on
from referral
where closed_on is not null
order by closed_on, referral
