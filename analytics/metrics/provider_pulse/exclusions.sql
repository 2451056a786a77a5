-- Which rule leaves an answer out; null where none does. One row for each answer, and nothing of who gave it but a pseudonym.
with said as (
  select
    referral.*,
    parameters.*,
    pulse.person,
    pulse.score,
    pulse.said_on,
    row_number() over (
      partition by pulse.person
      order by pulse.said_on desc, referral.referral, pulse.sequence desc
    ) as place
  from referral
  inner join core__pulse as pulse on pulse.referral = referral.referral
  cross join parameters
)

select
  * exclude (place),
  case
    when place > 1 then 'answered-again'
    when said_on <= as_of - window_days then 'older'
  end as why
from said
