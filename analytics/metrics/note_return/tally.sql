-- How many referrals there are of each kind.
select
  segment,
  why,
  is_in_time,
  is_long_ago,
  note_by is not null as is_linked,
  note_received_by is not null as is_received,
  report_received_by is not null as is_reported,
  count(*) as many
from exclusions
group by all
