-- How many of a name in a histogram; none where the histogram, or the name in it, is not there.
create or replace temp macro many(counts, name) as coalesce(counts[name], 0);
