-- What of an effect opens something (a link), apart from what stays on record of it: it goes once the effect is over.
alter table outbox add column secret_sealed bytea;
grant update (secret_sealed) on outbox to refloop_app;
