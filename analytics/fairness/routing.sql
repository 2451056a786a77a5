-- Who was ordered in the last whole quarter before the snapshot and in the one before it, and how often that was not who stood first.
-- In: orders that stood in the chart, of referrals for which specialists were ranked. Out: other quarters.
select
  coalesce(specialty, 'unknown') as specialty,
  coalesce(urgency, 'unknown') as urgency,
  if(ordered_on >= this_quarter - interval 3 month, 'last', 'before') as quarter,
  if(ordered_network = 'in', ordered_performer, null) as specialist,
  count(*) as orders,
  count(*) filter (ordered_rank is distinct from 1) as overridden
from referral
cross join (select date_trunc('quarter', $as_of::date) as this_quarter)
where was_active and recommended and ordered_on >= this_quarter - interval 6 month and ordered_on < this_quarter
group by all
order by all
