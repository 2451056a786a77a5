-- Each under its one primary reason.
select *, cause_group || '/' || cause as category from denominator
