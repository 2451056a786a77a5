-- What is told of a time, one row for each segment: the median, how each ended, who was left out and why, and the points of the curve.
create or replace temp table time_summary as
with counted as (
  select
    segment,
    total(many, why is null) as n,
    total(many, why is null and arrived_after_loss) as arrived_after_loss
  from tally
  group by segment
),

left_out as (
  select segment, map_from_entries(list((why, many))) as left_out
  from (select segment, why, total(many, true) as many from tally where why is not null group by segment, why)
  group by segment
),

ended as (
  select segment, map_from_entries(list((outcome, many))) as outcomes
  from (select segment, outcome, total(many, true) as many from tally where why is null group by segment, outcome)
  group by segment
),

points as (
  select segment, list({'day': day, 'incidence': incidence} order by day) as points
  from life_step
  group by segment
)

select
  counted.segment,
  left_out.left_out,
  n,
  ended.outcomes,
  arrived_after_loss,
  points.points,
  median,
  median_low,
  median_high,
  median_of_all,
  last_day,
  is_final
from counted
left join left_out using (segment)
left join ended using (segment)
left join points using (segment)
left join median_time using (segment);

-- The cumulative incidence at the end of a day; null where nobody was followed for so long, unless all have ended.
create or replace temp macro arrived_by(points, last_day, is_final, which) as
  if(
    is_final or last_day >= which,
    coalesce(list_max(list_transform(list_filter(points, lambda point: point.day <= which), lambda point: point.incidence)), 0),
    null
  );
create or replace temp macro time_note(n, median, median_high, last_day, arrived) as
  case
    when n = 0 then 'No referral to count.'
    when median is null then 'Fewer than half were ' || arrived || ' within the ' || last_day || ' days that are known; the median lies beyond.'
    when median_high is null then 'The interval is open above: too few have been followed for long.'
  end;
