-- Which transaction changed the row last: what has changed since a moment is then found without reading the rest. Rows from before this
-- count as changed now, once.
alter table obligation add column changed xid8 not null default pg_current_xact_id();
create index obligation_changed on obligation (tenant, issuer, changed);
grant update (changed) on obligation to refloop_app;
