-- What is open is counted from the index alone: by the referral without the rest, each open row was fetched for its kind, owner and dates,
-- in an order that is not that of the table (npm run bench -- loop).
drop index obligation_open;
create index obligation_open on obligation (tenant, issuer, referral_id) include (kind, owner, due_at, raised_at) where status = 'open';
-- What is due of a kind that no worker here carries out is passed over in the index, and not fetched each time that something is looked for.
drop index outbox_due;
create index outbox_due on outbox (tenant, issuer, due_at, kind) where due_at is not null;
