-- Which rule leaves a referral out; null where none does. Whether its patient was kept stands in kept_why, null where so.
select
  * exclude (why),
  why as kept_why,
  if(was_active, null, 'not-in-chart') as why
from kept_episode
