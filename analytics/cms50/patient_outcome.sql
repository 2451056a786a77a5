-- Every patient of the input, by Patient or as the subject of something, and what the measure makes of them.
with everybody as (
  select id as patient from patient
  union
  select patient from service_request
  union
  select patient from encounter
  union
  select patient from procedure
  union
  select patient from task where patient is not null
)

select
  patient,
  patient in (select patient from initial_population) as initial_population,
  patient in (select patient from denominator) as denominator,
  patient in (select patient from numerator) as numerator
from everybody
