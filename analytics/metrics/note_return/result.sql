-- One row for each segment, those with nobody to count too.
with counted as (
  select
    segment,
    total(many, why is null) as n,
    total(many, why is null and is_in_time) as in_time,
    total(many, why is null and is_linked) as linked,
    total(many, why is null and not is_linked and is_received) as not_linked,
    total(many, why is null and not is_received) as none,
    total(many, why is null and not is_received and is_reported) as interim_only,
    total(many, why is null and is_long_ago) as ever_n,
    total(many, why is null and is_long_ago and is_linked) as ever,
    total(many, why = 'young') as left_out_young,
    total(many, why = 'undated') as left_out_undated,
    total(many, why = 'not-seen') as left_out_not_seen,
    total(many, why = 'not-in-chart') as left_out_not_in_chart,
    total(many, why = 'no-visit-asked') as left_out_no_visit_asked
  from tally
  group by segment
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
    'left_out_young': left_out_young,
    'left_out_undated': left_out_undated,
    'left_out_not_seen': left_out_not_seen,
    'left_out_not_in_chart': left_out_not_in_chart,
    'left_out_no_visit_asked': left_out_no_visit_asked
  } as parts,
  case
    when n = 0 and left_out_young > 0 then 'No note of these visits is due yet.'
    when n = 0 then 'No visit to count.'
  end as note
from counted
order by segment
