-- What each referral's patient was written to about, and when first. No word of it is here, nor any of theirs.
-- In: messages that left, under the order in force. Out: those that did not leave, and those of which nobody knows.
select
  event.referral,
  regexp_replace(event.detail, '-sent$', '') as topic,
  min(coalesce(event.effective_on, event.recorded_on)) as sent_on
from input__event as event
inner join core__order using (referral)
where event.type = 'patient-messaged' and event.sequence > core__order.approved_at and event.detail like '%-sent'
group by event.referral, topic
order by event.referral, topic
