-- Of a time: the whole curve, one row for each day on which anything happened.
select
  segment,
  day,
  incidence as value,
  incidence_low as low,
  incidence_high as high,
  kaplan_meier,
  kaplan_meier_low,
  kaplan_meier_high,
  at_risk,
  events,
  competing,
  censored
from life_table
order by segment, day
