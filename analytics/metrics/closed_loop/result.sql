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
    histogram(category) as stands,
    count(*) filter (category = 'not-seen' and visits > 0) as seen_elsewhere
  from denominator
  group by segment
),

closed_of as (
  select segment, count(*) as closed
  from numerator
  group by segment
)

select
  left_out.segment,
  coalesce(n, 0) as n,
  share(coalesce(closed, 0), coalesce(n, 0)) as value,
  share_low(coalesce(closed, 0), coalesce(n, 0)) as low,
  share_high(coalesce(closed, 0), coalesce(n, 0)) as high,
  {
    'closed': coalesce(closed, 0),
    'closed_later': many(stands, 'closed') - coalesce(closed, 0),
    'not_seen': many(stands, 'not-seen'),
    'seen_elsewhere': coalesce(seen_elsewhere, 0),
    'no_note': many(stands, 'no-note'),
    'note_not_linked': many(stands, 'note-not-linked'),
    'not_reviewed': many(stands, 'not-reviewed'),
    'left_out_cancelled': many(left_out, 'cancelled'),
    'left_out_young': many(left_out, 'young'),
    'left_out_not_in_chart': many(left_out, 'not-in-chart'),
    'left_out_no_visit_asked': many(left_out, 'no-visit-asked')
  } as parts,
  case
    when n is null and many(left_out, 'young') > 0 then 'All orders are younger than 180 days; it is too early to judge.'
    when n is null then 'No referral to count.'
  end as note
from left_out
left join counted using (segment)
left join closed_of using (segment)
order by left_out.segment
