-- How clinicians find their work with Refloop, from 1 to 5, the best: every answer, by whom and when.
-- In: answers of people of the practice, under whatever order. Out: that they were asked and did not answer, which nobody keeps.
select
  referral,
  sequence,
  person,
  detail::integer as score,
  recorded_on as said_on
from input__event
where type = 'clinician-rated' and person is not null and detail in ('1', '2', '3', '4', '5')
order by referral, sequence
