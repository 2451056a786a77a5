-- One row for each segment, those with nobody to count too.
with left_out as (
  select segment, histogram(why) as left_out
  from exclusions
  group by segment
),

counted as (
  select
    segment,
    count(*) as n,
    count(*) filter (note_by is not null) as linked,
    count(*) filter (note_by is null and note_received_by is not null) as not_linked,
    count(*) filter (note_received_by is null) as none,
    count(*) filter (note_received_by is null and report_received_by is not null) as interim_only,
    count(*) filter (asked_seen_on <= as_of - ever_days) as ever_n,
    count(*) filter (asked_seen_on <= as_of - ever_days and note_by is not null) as ever
  from denominator
  group by segment
),

in_time_of as (
  select segment, count(*) as in_time
  from numerator
  group by segment
),

joined as (
  select
    left_out.*,
    coalesce(n, 0) as n,
    coalesce(in_time, 0) as in_time,
    coalesce(linked, 0) as linked,
    coalesce(not_linked, 0) as not_linked,
    coalesce(none, 0) as none,
    coalesce(interim_only, 0) as interim_only,
    coalesce(ever_n, 0) as ever_n,
    coalesce(ever, 0) as ever
  from left_out
  left join counted using (segment)
  left join in_time_of using (segment)
)

select
  segment,
  n,
  share(in_time, n) as value,
  share_low(in_time, n) as low,
  share_high(in_time, n) as high,
  {
    'in_time': in_time,
    'later': linked - in_time,
    'not_linked': not_linked,
    'none': none,
    'interim_only': interim_only,
    'ever_n': ever_n,
    'ever': ever,
    'ever_share': share(ever, ever_n),
    'ever_low': share_low(ever, ever_n),
    'ever_high': share_high(ever, ever_n),
    'left_out_young': many(left_out, 'young'),
    'left_out_undated': many(left_out, 'undated'),
    'left_out_not_seen': many(left_out, 'not-seen'),
    'left_out_not_in_chart': many(left_out, 'not-in-chart'),
    'left_out_no_visit_asked': many(left_out, 'no-visit-asked')
  } as parts,
  case
    when n = 0 and many(left_out, 'young') > 0 then 'No note of these visits is due yet.'
    when n = 0 then 'No visit to count.'
  end as note
from joined
order by segment
