-- One row for each segment, those with nobody to count too. A segment without any appointment is one with nobody.
with counted as (
  select
    segment,
    total(many, why is null) as n,
    total(many, why is null and is_missed) as missed,
    total(many, why = 'cancelled') as cancelled,
    total(many, why = 'cancelled' and cancelled_late) as cancelled_late,
    total(many, why = 'moved') as moved,
    total(many, why = 'ahead') as ahead,
    total(many, why = 'unheard') as unheard,
    total(many, why = 'not-in-chart') as left_out_not_in_chart
  from tally
  group by segment
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
    'cancelled': cancelled,
    'cancelled_late': cancelled_late,
    'cancelled_late_share': share(cancelled_late, n + cancelled_late),
    'moved': moved,
    'ahead': ahead,
    'unheard': unheard,
    'left_out_not_in_chart': left_out_not_in_chart
  } as parts,
  case
    when ahead > 0 and list_has_any(struct_keys(segment), ['month', 'week'])
      then 'Some appointments are still ahead; it is too early to judge.'
    when n = 0 then 'No appointment to count.'
  end as note
from counted
order by segment
