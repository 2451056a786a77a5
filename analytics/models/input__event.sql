-- Every event of every referral, once.
-- In: what was read, in whatever order and however often. Out: the same row read twice.
-- Two different rows of one referral and one sequence both stay, for a check to find: choosing one would be guessing. Only what becomes of
-- a stage once a note is taken off is known by the longest history of its referral alone.
with once as (
  select
    tenant, issuer, site, referral, patient, sequence, type, effective_on, recorded_on,
    specialty, urgency, service, kind, requester, clinic, payer, zip3, miles, language,
    performer, performer_nucc, network, rank, attempt, appointment, starts_on, report, order_standing, detail,
    side, person, act, act_seconds,
    arg_max(withdrawn, coalesce(judged_to, 0)) as is_withdrawn,
    arg_max(known_on, coalesce(judged_to, 0)) as became_known_on
  from staged_event
  group by all
)
select
  * exclude (is_withdrawn, became_known_on) replace (coalesce(became_known_on, recorded_on) as recorded_on),
  if(is_withdrawn, true, null) as withdrawn
from once
order by referral, sequence
