-- The day by which half have arrived, from `life_step` (life_table.sql): the first on which the curve is at one half or above. Its interval is where
-- the curve's own interval crosses one half (Brookmeyer, Crowley 1982, Biometrics 38:29). Null where the curve does not come so far.
create or replace temp table median_time as
select
  segment,
  min(day) filter (kaplan_meier >= 0.5 - 1e-12) as median,
  min(day) filter (kaplan_meier_high >= 0.5 - 1e-12) as median_low,
  min(day) filter (kaplan_meier_low >= 0.5 - 1e-12) as median_high,
  min(day) filter (incidence >= 0.5 - 1e-12) as median_of_all,
  max(day) as last_day,
  -- Nobody was left on the way when it ended: the curve stays where it is.
  arg_max(censored, day) = 0 as is_final
from life_step
group by segment;
