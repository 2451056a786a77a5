-- One row for each segment, those with nobody to count too.
with left_out as (
  select segment, histogram(why) as left_out
  from exclusions
  group by segment
),

-- Where each that is not closed stands: at the first thing that is missing.
standing as (
  select
    *,
    case
      when closed_on is not null then 'closed'
      when asked_seen_by is null then 'not-seen'
      when note_received_by is null then 'no-note'
      when note_by is null then 'note-not-linked'
      else 'not-reviewed'
    end as stands
  from denominator
),

counted as (
  select
    segment,
    count(*) as n,
    histogram(stands) as stands,
    count(*) filter (stands = 'not-seen' and visits > 0) as seen_elsewhere
  from standing
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
