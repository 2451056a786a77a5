-- The name of whoever made a version, as their session had it: an administrator of the sites file has no grant that would name them.
alter table sla_policy add column made_by_name text;
