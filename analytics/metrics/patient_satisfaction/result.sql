-- One row for each segment, those with nobody to count too.
with counted as (
  select
    segment,
    total(many, why is null) as n,
    total(many, why is null and score >= 4) as satisfied,
    total(many, why is null and score = 5) as said_5,
    total(many, why is null and score = 4) as said_4,
    total(many, why is null and score = 3) as said_3,
    total(many, why is null and score = 2) as said_2,
    total(many, why is null and score = 1) as said_1,
    total(many, why is distinct from 'not-in-chart' and is_asked) as asked,
    total(many, why is null and is_asked) as asked_answered,
    total(many, why = 'no-answer') as left_out_no_answer,
    total(many, why = 'not-asked') as left_out_not_asked,
    total(many, why = 'not-in-chart') as left_out_not_in_chart
  from tally
  group by segment
)

select
  segment,
  n,
  share(satisfied, n) as value,
  share_low(satisfied, n) as low,
  share_high(satisfied, n) as high,
  {
    'said_5': said_5,
    'said_4': said_4,
    'said_3': said_3,
    'said_2': said_2,
    'said_1': said_1,
    'asked': asked,
    'asked_answered': asked_answered,
    'answered_share': share(asked_answered, asked),
    'left_out_no_answer': left_out_no_answer,
    'left_out_not_asked': left_out_not_asked,
    'left_out_not_in_chart': left_out_not_in_chart
  } as parts,
  if(n = 0, 'No patient has said how it was.', null) as note
from counted
order by segment
