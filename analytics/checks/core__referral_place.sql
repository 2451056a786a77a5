-- severity: error
-- A place smaller than three digits of a ZIP code, or one of those that too few people have.
select referral, zip3
from core__referral
where not regexp_full_match(zip3, '[0-9]{3}') or zip3 in (select zip3 from restricted_zip3)
