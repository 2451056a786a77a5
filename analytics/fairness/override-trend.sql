-- The override rate of each quarter of orders. In: what the metric override counts. A quarter that is not over is told as far as it is known.
select
  strftime(ordered_on, '%Y') || '-Q' || quarter(ordered_on) as quarter,
  count(*) as n,
  count(*) filter (ordered_rank is distinct from 1) as overridden
from denominator
where ordered_on is not null
group by all
order by all
