-- One row for each person who ever acted: the referral they worked on last. Nobody is left out.
with acted as (
  select
    referral.*,
    parameters.*,
    act.person,
    act.acted_on,
    count(*) filter (act.acted_on > as_of - active_days) over (partition by segment, act.person) as late_touches,
    bool_or(act.person = referral.requester) over (partition by segment, act.person) as is_signer,
    null::varchar as why,
    row_number() over (
      partition by segment, act.person
      order by act.acted_on desc, referral.referral, act.act desc
    ) as place
  from referral
  inner join core__act as act on act.referral = referral.referral
  cross join parameters
)

select * exclude (place) from acted where place = 1
