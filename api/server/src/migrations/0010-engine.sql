-- What a site holds itself to: each version kept, the highest in force. Codes, spans and names of clinics and payers; no person's data.
create table sla_policy (
  tenant text not null,
  issuer text not null,
  site text not null,
  version integer not null check (version > 0),
  policy jsonb not null,
  made_by text not null, -- subject of the id_token, or refloop for the default
  made_at timestamptz not null,
  reason text not null,
  primary key (tenant, issuer, version)
);

-- When a referral is to be looked at next without anything being heard of it. Those of which nothing is ahead have no row.
create table referral_timer (
  tenant text not null,
  issuer text not null,
  site text not null,
  referral_id text not null,
  look_at timestamptz not null,
  primary key (tenant, issuer, referral_id)
);
create index referral_timer_due on referral_timer (tenant, issuer, look_at);

do $$
declare name text;
begin
  foreach name in array array['sla_policy', 'referral_timer']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy own_scope on %I to refloop_app
         using (tenant = current_setting(''refloop.tenant'', true) and issuer = current_setting(''refloop.issuer'', true))
         with check (tenant = current_setting(''refloop.tenant'', true) and issuer = current_setting(''refloop.issuer'', true))', name);
  end loop;
end $$;
grant select, insert on sla_policy to refloop_app;
grant select, insert, update (look_at), delete on referral_timer to refloop_app;

-- To whom it was last escalated; a subject.
alter table obligation add column escalated_to text;
create index obligation_escalated_to on obligation (tenant, issuer, escalated_to, status, due_at);
create index obligation_referral on obligation (tenant, issuer, referral_id, status);
grant update (due_at, escalated_to) on obligation to refloop_app;

-- A link for a specialist's office: what it opens, never the link itself. It acts only after the specialist's NPI was given with it.
create table office_link (
  tenant text not null,
  issuer text not null,
  site text not null,
  id text not null,
  token_hash text not null unique,
  referral_id text not null,
  attempt integer not null check (attempt > 0),
  npi text not null,
  made_by text not null, -- subject of the id_token
  made_at timestamptz not null,
  expires_at timestamptz not null,
  wrong_tries integer not null default 0,
  opened_hash text unique,
  opened_until timestamptz,
  closed_at timestamptz, -- taken back, or another was made in its place
  primary key (tenant, issuer, id),
  check ((opened_hash is null) = (opened_until is null))
);
create index office_link_referral on office_link (tenant, issuer, referral_id);

-- What came from outside, as it came: sealed, and found by its id alone.
create table document (
  tenant text not null,
  issuer text not null,
  site text not null,
  id text not null,
  referral_id text not null,
  content_type text not null,
  sha256 text not null,
  bytes integer not null check (bytes > 0),
  received_at timestamptz not null,
  content_sealed bytea not null,
  primary key (tenant, issuer, id)
);
create index document_referral on document (tenant, issuer, referral_id);

do $$
declare name text;
begin
  foreach name in array array['office_link', 'document']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy own_scope on %I to refloop_app
         using (tenant = current_setting(''refloop.tenant'', true) and issuer = current_setting(''refloop.issuer'', true))
         with check (tenant = current_setting(''refloop.tenant'', true) and issuer = current_setting(''refloop.issuer'', true))', name);
  end loop;
end $$;
-- A link, or what it opened, opens its own row and nothing else, before its scope is known.
create policy own_link on office_link for select to refloop_app
  using (current_setting('refloop.link', true) in (token_hash, opened_hash));
grant select, insert, update (wrong_tries, opened_hash, opened_until, closed_at) on office_link to refloop_app;
grant select, insert on document to refloop_app;
