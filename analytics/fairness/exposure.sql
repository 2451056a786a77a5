-- Who was ordered: for each specialty and specialist in the network the orders, and of them those in which the specialist stood first.
-- In: orders that stood in the chart. Out: orders outside the network, where nothing is ranked.
select
  coalesce(specialty, 'unknown') as specialty,
  ordered_performer as specialist,
  count(*) as orders,
  count(*) filter (ordered_rank = 1) as first
from referral
where was_active and ordered_network = 'in' and ordered_performer is not null
group by all
order by all
