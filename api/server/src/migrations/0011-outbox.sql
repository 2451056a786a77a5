-- What is to happen outside, written in the transaction of the event that asks for it and carried out by a worker.
create table outbox (
  tenant text not null,
  issuer text not null,
  site text not null,
  id uuid not null, -- made of kind and key, so that one effect is one row; told to the counterpart as the key of the request
  referral_id text not null,
  kind text not null, -- which handler carries it out
  key text not null,
  lane text, -- effects of one lane leave one after the other
  place integer not null default 0, -- within its lane
  asked_at timestamptz not null,
  due_at timestamptz, -- when it is tried or looked for next; null where nobody does that by itself any more
  tries integer not null default 0,
  status text not null check (status in ('waiting', 'begun', 'done', 'failed', 'left-out', 'unknown')),
  since timestamptz not null, -- of the status
  lease_holder text,
  lease_until timestamptz,
  content_sealed bytea not null,
  outcome_sealed bytea, -- the receipt, or why there is none
  primary key (tenant, issuer, id),
  check ((lease_holder is null) = (lease_until is null)),
  check (status not in ('done', 'failed', 'left-out') or due_at is null),
  check (status not in ('waiting', 'begun') or due_at is not null)
);
-- What is over is not looked at to find what is due.
create index outbox_due on outbox (tenant, issuer, due_at) where due_at is not null;
create index outbox_lane on outbox (tenant, issuer, lane, place) where due_at is not null and lane is not null;
create index outbox_referral on outbox (tenant, issuer, referral_id);

alter table outbox enable row level security;
alter table outbox force row level security;
create policy own_scope on outbox to refloop_app
  using (tenant = current_setting('refloop.tenant', true) and issuer = current_setting('refloop.issuer', true))
  with check (tenant = current_setting('refloop.tenant', true) and issuer = current_setting('refloop.issuer', true));
grant select, insert, update (due_at, tries, status, since, lease_holder, lease_until, outcome_sealed) on outbox to refloop_app;
