-- What each step changed: referrals that came into the count or left it, and those that now count for it or no longer do.
select
  *,
  case
    when was_looked_at and not looked_at then 'left-the-count'
    when looked_at and not was_looked_at then 'came-into-the-count'
    when counts and not did_count then 'counts-now'
    when did_count and not counts then 'counts-no-longer'
  end as why
from steps
