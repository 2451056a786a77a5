-- One row for each segment, those with nobody to count too. Of fewer than the fewest neither what they said nor how many they are is told, and
-- nobody reads as few do: who answered would be known where one clinician works. Where all that is kept back together are so few, nothing is
-- told: it would be the whole less the rest.
with counted as (
  select
    segment,
    count(*) as n,
    count(*) filter (score >= 4) as satisfied,
    count(*) filter (score = 5) as said_5,
    count(*) filter (score = 4) as said_4,
    count(*) filter (score = 3) as said_3,
    count(*) filter (score = 2) as said_2,
    count(*) filter (score = 1) as said_1
  from denominator
  group by segment
),

ordered as (
  select
    segment,
    count(distinct requester) filter (ordered_on > as_of - window_days) as ordering
  from referral
  cross join parameters
  group by segment
),

joined as (
  select
    ordered.segment,
    ordered.ordering,
    coalesce(counted.n, 0) as n,
    counted.* exclude (segment, n)
  from ordered
  left join counted using (segment)
),

judged as (
  select
    joined.*,
    n < fewest as is_few,
    coalesce(sum(n) filter (n < fewest) over () < fewest, false) as would_show
  from joined
  cross join parameters
),

told as (
  select *, not is_few and not would_show as is_told from judged
)

select
  segment,
  if(is_told, n, null) as n,
  if(is_told, share(satisfied, n), null) as value,
  if(is_told, share_low(satisfied, n), null) as low,
  if(is_told, share_high(satisfied, n), null) as high,
  {
    'said_5': if(is_told, said_5, null),
    'said_4': if(is_told, said_4, null),
    'said_3': if(is_told, said_3, null),
    'said_2': if(is_told, said_2, null),
    'said_1': if(is_told, said_1, null),
    'ordering': ordering
  } as parts,
  case
    when is_few then 'Fewer than ten clinicians have answered, or none: neither how many nor what they said is told.'
    when not is_told then 'What so few said beside it could be reckoned from this: neither how many answered nor what they said is told.'
  end as note
from told
order by segment
