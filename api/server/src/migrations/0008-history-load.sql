-- How far the loading of a simulated history is. A scope has one or none; production never has one.
create table history_load (
  tenant text not null,
  issuer text not null,
  site text not null,
  seed text not null,
  until timestamptz not null, -- the end of the simulated two years
  referrals integer not null check (referrals > 0),
  staffing jsonb not null, -- who works in its offices: entries of a directory, no patient
  loaded integer not null check (loaded between 0 and referrals),
  events bigint not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  primary key (tenant, issuer),
  check (finished_at is null or loaded = referrals)
);

alter table history_load enable row level security;
alter table history_load force row level security;
create policy own_scope on history_load to refloop_app
  using (tenant = current_setting('refloop.tenant', true) and issuer = current_setting('refloop.issuer', true))
  with check (tenant = current_setting('refloop.tenant', true) and issuer = current_setting('refloop.issuer', true));
grant select, insert on history_load to refloop_app;
grant update (loaded, events, finished_at) on history_load to refloop_app;
