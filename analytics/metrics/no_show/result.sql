-- One row for each segment, those with nobody to count too. A segment without any appointment is one with nobody.
with segments as (
  select distinct segment
  from referral
),

counted as (
  select
    segment,
    count(*) filter (why is null) as n,
    histogram(why) as left_out,
    count(*) filter (why = 'cancelled' and cancelled_late) as cancelled_late
  from exclusions
  group by segment
),

missed_of as (
  select segment, count(*) as missed
  from numerator
  group by segment
),

joined as (
  select
    segments.segment,
    coalesce(n, 0) as n,
    coalesce(missed, 0) as missed,
    coalesce(cancelled_late, 0) as cancelled_late,
    left_out
  from segments
  left join counted using (segment)
  left join missed_of using (segment)
)

select
  segment,
  n,
  share(missed, n) as value,
  share_low(missed, n) as low,
  share_high(missed, n) as high,
  {
    'missed': missed,
    'kept': n - missed,
    'cancelled': many(left_out, 'cancelled'),
    'cancelled_late': cancelled_late,
    'cancelled_late_share': share(cancelled_late, n + cancelled_late),
    'moved': many(left_out, 'moved'),
    'ahead': many(left_out, 'ahead'),
    'unheard': many(left_out, 'unheard'),
    'left_out_not_in_chart': many(left_out, 'not-in-chart')
  } as parts,
  case
    when many(left_out, 'ahead') > 0 and list_has_any(struct_keys(segment), ['month', 'week'])
      then 'Some appointments are still ahead; it is too early to judge.'
    when n = 0 then 'No appointment to count.'
  end as note
from joined
order by segment
