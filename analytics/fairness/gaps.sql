-- Of the referrals that a metric counts, for each kind of referral (specialty and urgency) and each group: how many, and of how many it is true.
-- In: the denominator of the metric, once for each way of grouping. Out: groups that the events do not name; nobody is compared with them.
select
  told.grouping,
  told.member,
  coalesce(specialty, 'unknown') || ' ' || coalesce(urgency, 'unknown') as stratum,
  count(*) as n,
  count(counted.referral) as true_ones
from (
  select
    *,
    unnest([
      {'grouping': 'language', 'member': language},
      {'grouping': 'payer', 'member': payer},
      {'grouping': 'distance', 'member': distance},
      {'grouping': 'zip3', 'member': zip3}
    ]) as told
  from denominator
) as denominator
left join (select distinct referral from numerator) as counted using (referral)
where told.member is not null
group by all
order by all
