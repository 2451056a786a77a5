-- How many referrals there are of each kind.
select
  segment,
  why,
  is_ordered_out,
  override_reason is not null as has_reason,
  override_group is not distinct from 'lawful-choice' as is_lawful_choice,
  count(*) as many
from exclusions
group by all
