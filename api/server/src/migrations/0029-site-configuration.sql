-- What a site words and shows in its own way: each version kept, the highest in force. No person's data: messages have placeholders where it would stand.
create table site_configuration (
  tenant text not null,
  issuer text not null,
  site text not null,
  version integer not null check (version > 0),
  configuration jsonb not null,
  made_by text not null, -- subject of the id_token
  made_by_name text, -- as their session had it
  made_at timestamptz not null,
  reason text not null,
  primary key (tenant, issuer, version)
);
alter table site_configuration enable row level security;
alter table site_configuration force row level security;
create policy own_scope on site_configuration to refloop_app
  using (tenant = current_setting('refloop.tenant', true) and issuer = current_setting('refloop.issuer', true))
  with check (tenant = current_setting('refloop.tenant', true) and issuer = current_setting('refloop.issuer', true));
grant select, insert on site_configuration to refloop_app;
