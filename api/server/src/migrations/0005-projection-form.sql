-- Which form of the fold a referral's row was made by: rows of an older form are made anew from their events.
alter table referral add column fold_version integer not null default 1 check (fold_version > 0);
create index referral_fold on referral (tenant, issuer, fold_version);
