-- Which rule leaves a referral out; null where none does. The first that holds is named. The rules are those of completion.
select
  referral.*,
  case
    when seen_by is null or seen_by > ordered_on + within_days then 'unseen'
    when seen_network = 'out' and not lawful_choice then 'leaked'
  end as way,
  leak_group, leak_cause, leak_avoidability, coalesce(leak_recorded, false) as leak_is_recorded,
  unseen_group, unseen_cause, unseen_avoidability, coalesce(unseen_recorded, false) as unseen_is_recorded,
  way || '/' || coalesce(if(way = 'leaked', leak_avoidability, unseen_avoidability), 'unknown') as way_and_kind,
  case
    when not was_active then 'not-in-chart'
    when service <> 'visit' then 'no-visit-asked'
    when ordered_on > as_of - maturity_days then 'young'
  end as why
from referral
left join core__loss using (referral)
cross join parameters
