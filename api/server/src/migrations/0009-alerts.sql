-- Which number is told to whom beyond which threshold; what it is of is codes and names of clinics and payers, never a person but the owner.
create table alert_rule (
  tenant text not null,
  issuer text not null,
  site text not null,
  id text not null,
  metric text not null,
  segment jsonb not null, -- specialty, site, payer; {} is everything
  direction text not null check (direction in ('above', 'below')),
  threshold double precision not null,
  owner_subject text not null, -- subject of the id_token of a lead or coordinator
  owner_name text not null,
  made_by text not null,
  made_at timestamptz not null,
  ended_at timestamptz,
  ended_by text,
  primary key (tenant, issuer, id),
  check ((ended_at is null) = (ended_by is null))
);

-- One time that a rule was crossed, from when to when, with the figures of the snapshot that first showed it.
create table alert (
  tenant text not null,
  issuer text not null,
  site text not null,
  id text not null,
  rule_id text not null,
  raised_at timestamptz not null,
  snapshot text not null,
  n integer not null,
  value double precision not null,
  low double precision,
  high double precision,
  acknowledged_at timestamptz,
  acknowledged_by text,
  cleared_at timestamptz,
  primary key (tenant, issuer, id),
  foreign key (tenant, issuer, rule_id) references alert_rule (tenant, issuer, id),
  check ((acknowledged_at is null) = (acknowledged_by is null))
);
-- Two refreshes at once raise one alert.
create unique index alert_open on alert (tenant, issuer, rule_id) where cleared_at is null;

alter table alert_rule enable row level security;
alter table alert_rule force row level security;
create policy own_scope on alert_rule to refloop_app
  using (tenant = current_setting('refloop.tenant', true) and issuer = current_setting('refloop.issuer', true))
  with check (tenant = current_setting('refloop.tenant', true) and issuer = current_setting('refloop.issuer', true));
grant select, insert on alert_rule to refloop_app;
grant update (ended_at, ended_by) on alert_rule to refloop_app;

alter table alert enable row level security;
alter table alert force row level security;
create policy own_scope on alert to refloop_app
  using (tenant = current_setting('refloop.tenant', true) and issuer = current_setting('refloop.issuer', true))
  with check (tenant = current_setting('refloop.tenant', true) and issuer = current_setting('refloop.issuer', true));
grant select, insert on alert to refloop_app;
grant update (acknowledged_at, acknowledged_by, cleared_at) on alert to refloop_app;
