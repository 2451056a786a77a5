-- Of a practice that the statistics do not know yet PostgreSQL expects one row, takes whichever index begins with the practice, and looks through
-- all its rows for the one that was asked for (npm run bench -- loop: 460 pages for a referral). With the referral's id in them these are
-- looked through themselves at worst, which is a page for a hundred rows.
drop index referral_fold;
create index referral_fold on referral (tenant, issuer, fold_version, referral_id);
drop index referral_patient;
create index referral_patient on referral (tenant, issuer, patient_index, referral_id);
drop index referral_timer_due;
create index referral_timer_due on referral_timer (tenant, issuer, look_at, referral_id);
-- And it is known soon: after so many events, not once a tenth of a large table was written anew.
alter table referral set (autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 2000);
alter table referral_timer set (autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 2000);
alter table obligation set (autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 2000);
alter table outbox set (autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 2000);
alter table data_key set (autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 2000);
