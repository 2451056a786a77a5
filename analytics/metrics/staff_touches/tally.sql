-- How many referrals there are with so many touches; and of each kind of work how many touches there are, as a row that stands for as many.
select segment, why, 'referral' as counts, touches, count(*) as many
from exclusions
group by all
union all by name
select segment, 'people' as counts, sum(people)::bigint as many
from exclusions
where why is null
group by segment
union all by name
select segment, 'order' as counts, sum(order_touches)::bigint as many
from exclusions
where why is null
group by segment
union all by name
select segment, 'sending' as counts, sum(sending_touches)::bigint as many
from exclusions
where why is null
group by segment
union all by name
select segment, 'answer' as counts, sum(answer_touches)::bigint as many
from exclusions
where why is null
group by segment
union all by name
select segment, 'visit' as counts, sum(visit_touches)::bigint as many
from exclusions
where why is null
group by segment
union all by name
select segment, 'patient' as counts, sum(patient_touches)::bigint as many
from exclusions
where why is null
group by segment
union all by name
select segment, 'message' as counts, sum(message_touches)::bigint as many
from exclusions
where why is null
group by segment
union all by name
select segment, 'payer' as counts, sum(payer_touches)::bigint as many
from exclusions
where why is null
group by segment
union all by name
select segment, 'note' as counts, sum(note_touches)::bigint as many
from exclusions
where why is null
group by segment
union all by name
select segment, 'other' as counts, sum(other_touches)::bigint as many
from exclusions
where why is null
group by segment
