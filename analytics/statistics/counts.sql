-- How many of a name in a histogram; none where the histogram, or the name in it, is not there.
create or replace temp macro many(counts, name) as coalesce(counts[name], 0);
-- Of a tally, whose rows each stand for as many as their column `many` says: how many a condition holds for.
create or replace temp macro total(many, condition) as coalesce(sum(many) filter (condition), 0)::bigint;
