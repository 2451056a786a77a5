-- What is told of a time, one row for each segment: the median, how each ended, who was left out and why, and the points of the curve.
create or replace temp table time_summary as
with left_out as (
  select segment, histogram(why) as left_out
  from exclusions
  group by segment
),

counted as (
  select
    segment,
    count(*) as n,
    histogram(outcome) as outcomes,
    count(*) filter (outcome <> 'arrived' and arrived_on is not null) as arrived_after_loss
  from durations
  group by segment
),

points as (
  select segment, list({'day': day, 'incidence': incidence} order by day) as points
  from life_table
  group by segment
)

select
  left_out.segment,
  left_out.left_out,
  coalesce(n, 0) as n,
  counted.outcomes,
  coalesce(arrived_after_loss, 0) as arrived_after_loss,
  points.points,
  median,
  median_low,
  median_high,
  median_of_all,
  last_day,
  is_final
from left_out
left join counted using (segment)
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
