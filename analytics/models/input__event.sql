-- Every event of every referral, once.
-- In: what was read, in whatever order and however often. Out: the same row read twice.
-- Two different rows of one referral and one sequence both stay, for a check to find: choosing one would be guessing.
select distinct
  tenant, issuer, site, referral, patient, sequence, type, effective_on, recorded_on,
  specialty, urgency, service, kind, requester, clinic, payer, zip3, miles, language,
  performer, performer_nucc, network, rank, attempt, appointment, starts_on, report, order_standing, detail,
  side, person, act, act_seconds, withdrawn
from staged_event
order by referral, sequence
