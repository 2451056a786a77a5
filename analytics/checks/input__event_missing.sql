-- severity: error
-- A history has a gap, or does not begin with its beginning: what is missing may be the visit, or the end.
select referral, min(sequence) as first, max(sequence) as last, count(distinct sequence) as events
from input__event
group by referral
having min(sequence) <> 1 or max(sequence) <> count(distinct sequence) or min_by(type, sequence) <> 'referral-started'
