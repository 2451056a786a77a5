-- severity: error
-- One referral has two different events of the same number: two sources disagree, and no count can be trusted.
select referral, sequence, count(*) as versions
from input__event
group by referral, sequence
having count(*) > 1
