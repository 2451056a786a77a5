-- The life table of a `tally` (segment, why, day, outcome, many), those left out aside: for each day on which anything happened, who was still on the way, who
-- arrived, who was lost, and the two curves that follow.
--   kaplan_meier  1 - S(t), S the product-limit estimate with those lost as censored (Kaplan, Meier 1958, J Am Stat Assoc 53:457);
--                 Greenwood's variance, interval on the scale log(-log S) (Kalbfleisch, Prentice 2002, section 1.4).
--   incidence     cumulative incidence of arriving where others are lost for good (Aalen, Johansen 1978, Scand J Stat 5:141);
--                 variance by the delta method (Marubini, Valsecchi 1995, section 10.2), interval on the scale log(-log F).
-- Those last seen on a day count as on the way on that day. Where a curve has come to 1 the scale has no value: the lower end of the
-- interval then stays where it was, and the upper one is 1.
-- life_step holds what is reckoned once; of the interval of the incidence, which is the dearest and which only curves tell, life_table
-- reckons it where it is asked for. Segments go by their number meanwhile: a window over numbers is several times as fast.
create or replace temp table life_step as
with moment as (
  select
    segment,
    day,
    total(many, outcome = 'arrived') as events,
    total(many, outcome not in ('arrived', 'censored')) as competing,
    total(many, outcome = 'censored') as censored
  from tally
  where why is null
  group by segment, day
),

numbered as (
  select segment, (row_number() over (order by segment))::integer as place
  from (select distinct segment from moment)
),

at_risk as (
  select
    numbered.place,
    moment.*,
    events + competing as left_now,
    sum(events + competing + censored) over (partition by place order by day desc)::double as n
  from moment
  inner join numbered using (segment)
),

survival as (
  select
    *,
    product(1 - events / n) over so_far as s,
    coalesce(product(1 - left_now / n) over before, 1.0) as staying_before,
    sum(if(events < n, events / (n * (n - events)), 0.0)) over so_far as greenwood
  from at_risk
  window
    so_far as (partition by place order by day rows between unbounded preceding and current row),
    before as (partition by place order by day rows between unbounded preceding and 1 preceding)
),

incidence as (
  select
    *,
    sum(staying_before * events / n) over (partition by place order by day rows between unbounded preceding and current row) as f,
    case
      when s < 1e-12 then null
      when s > 1 - 1e-12 then 0.0
      else 1 - s ** exp(-z() * sqrt(greenwood) / abs(ln(s)))
    end as km_low_here,
    case
      when s < 1e-12 then 1.0
      when s > 1 - 1e-12 then 0.0
      else 1 - s ** exp(z() * sqrt(greenwood) / abs(ln(s)))
    end as km_high
  from survival
)

select
  place,
  segment,
  day,
  n::bigint as at_risk,
  events,
  competing,
  censored,
  staying_before,
  f as incidence,
  1 - s as kaplan_meier,
  coalesce(
    last_value(km_low_here ignore nulls) over (partition by place order by day rows between unbounded preceding and current row), 0.0
  ) as kaplan_meier_low,
  km_high as kaplan_meier_high
from incidence;

create or replace temp view life_table as
with share as (
  select
    *,
    incidence as f,
    events + competing as left_now,
    at_risk::double as n
  from life_step
),

part as (
  select
    *,
    if(left_now < n, left_now / (n * (n - left_now)), 0.0) as hazard_variance,
    staying_before * events / n ** 2 as shared,
    staying_before ** 2 * (events / n ** 2) * ((n - events) / n) as own
  from share
),

-- The sum over earlier days of (f - f_j)^2 v_j + own_j - 2 (f - f_j) shared_j, multiplied out.
variance as (
  select
    *,
    greatest(
      0.0,
      f ** 2 * sum(hazard_variance) over so_far
        - 2 * f * sum(f * hazard_variance) over so_far
        + sum(f ** 2 * hazard_variance) over so_far
        + sum(own) over so_far
        - 2 * f * sum(shared) over so_far
        + 2 * sum(f * shared) over so_far
    ) as f_variance
  from part
  window so_far as (partition by place order by day rows between unbounded preceding and current row)
),

interval_ends as (
  select
    *,
    case
      when f > 1 - 1e-12 then null
      when f < 1e-12 then 0.0
      else f ** exp(z() * sqrt(f_variance) / (f * abs(ln(f))))
    end as low_here,
    case
      when f > 1 - 1e-12 then 1.0
      when f < 1e-12 then 0.0
      else f ** exp(-z() * sqrt(f_variance) / (f * abs(ln(f))))
    end as high
  from variance
)

select
  segment,
  day,
  at_risk,
  events,
  competing,
  censored,
  incidence,
  coalesce(
    last_value(low_here ignore nulls) over (partition by place order by day rows between unbounded preceding and current row), 0.0
  ) as incidence_low,
  high as incidence_high,
  kaplan_meier,
  kaplan_meier_low,
  kaplan_meier_high
from interval_ends;
