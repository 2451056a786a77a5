-- How far a referral may be, in the order in which the first that fits is taken.
select unnest(['report-to-settle', 'seen', 'scheduled', 'scheduled-too-late', 'not-scheduled', 'ended-here']) as category,
  unnest([1, 2, 3, 4, 5, 6]) as position
