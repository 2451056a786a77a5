-- Which rule leaves a referral out; null where none does. The first that holds is named. And by when its note was due: so many business
-- days after the visit, by the calendar of the snapshot.
select
  referral.*,
  parameters.*,
  due.day as note_due_on,
  case
    when not was_active then 'not-in-chart'
    when service <> 'visit' then 'no-visit-asked'
    when asked_seen_by is null then 'not-seen'
    when asked_seen_on is null or note_by < asked_seen_on then 'undated'
    when coalesce(due.day >= as_of, true) then 'young'
  end as why,
  -- The first linked final note was received on the day on which it was due, or before.
  note_by <= due.day as is_in_time,
  -- So long ago that a note that has not come by now hardly will.
  asked_seen_on <= as_of - ever_days as is_long_ago
from referral
cross join parameters
left join core__calendar as visit_day on visit_day.day = referral.asked_seen_on
left join core__calendar as due
  on due.is_business_day and due.business_day_number = visit_day.counts_from + parameters.within_business_days
