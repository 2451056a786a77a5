-- What Refloop keeps. Every key starts with tenant and issuer, since a patient id is unique only within one EHR;
-- the site stands beside. Bytes named *_sealed are AES-256-GCM (crypto/seal.ts); all other columns hold no patient data
-- in the clear: ids of our own, codes, times, keyed indexes.

do $$
begin
  if not exists (select from pg_roles where rolname = 'refloop_app') then
    create role refloop_app nologin;
  end if;
exception when duplicate_object or unique_violation then null; -- another database of this server made it just now
end $$;
do $$
begin
  if not exists (select from pg_roles where rolname = 'refloop_auditor') then
    create role refloop_auditor nologin;
  end if;
exception when duplicate_object or unique_violation then null;
end $$;
-- The role that migrates may act as either where one URL serves for all (development). A site that made the roles itself and
-- gives them to another login needs no such grant, and may not allow it.
do $$
begin
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('grant refloop_app, refloop_auditor to %I', current_user);
  end if;
exception when insufficient_privilege then null;
end $$;
grant usage on schema public to refloop_app, refloop_auditor;

-- Scopes that have ever been served, for commands over all data.
create table scope (
  tenant text not null,
  issuer text not null,
  site text not null,
  primary key (tenant, issuer)
);

-- Root of the keyed indexes, wrapped by the key-encryption key: rotating that key changes no pseudonym.
create table instance_key (
  name text primary key,
  kid text not null,
  wrapped bytea not null
);

create table data_key (
  tenant text not null,
  issuer text not null,
  owner text not null, -- referral/<id>, session/<digest>, audit/<year-month>
  site text not null,
  kid text not null,
  wrapped bytea not null,
  primary key (tenant, issuer, owner)
);

create table referral_event (
  tenant text not null,
  issuer text not null,
  referral_id text not null,
  sequence integer not null check (sequence > 0),
  site text not null,
  type text not null,
  version integer not null check (version > 0),
  effective_at timestamptz,
  recorded_at timestamptz not null,
  actor jsonb not null,
  data_sealed bytea not null,
  fact_index bytea, -- keyed digest of source, resource and version of an inbound fact
  primary key (tenant, issuer, referral_id, sequence)
);
create unique index referral_event_fact on referral_event (tenant, issuer, fact_index) where fact_index is not null;

create table referral (
  tenant text not null,
  issuer text not null,
  referral_id text not null,
  site text not null,
  patient_index bytea not null,
  sequence integer not null,
  status text not null,
  updated_at timestamptz not null,
  state_sealed bytea not null,
  primary key (tenant, issuer, referral_id)
);
create index referral_patient on referral (tenant, issuer, patient_index);

create table recommendation (
  tenant text not null,
  issuer text not null,
  id text not null,
  site text not null,
  referral_id text not null,
  made_at timestamptz not null,
  subject text not null,
  user_name text not null, -- of the clinician, who is no patient
  patient_index bytea not null,
  patient_pseudonym text not null,
  status text not null check (status in ('PENDING_REVIEW', 'APPROVED', 'DISMISSED', 'SUPERSEDED')),
  outcome text not null check (outcome in ('pending', 'accepted', 'overridden', 'edited', 'dismissed', 'superseded')),
  specialty text not null,
  policy text not null,
  composer text not null,
  revision integer not null check (revision > 0),
  kept_sealed bytea not null,
  working_sealed bytea not null,
  primary key (tenant, issuer, id)
);
create index recommendation_made on recommendation (tenant, issuer, made_at desc, id desc);
create index recommendation_pending on recommendation (tenant, issuer, patient_index, subject) where status = 'PENDING_REVIEW';

create table plan (
  tenant text not null,
  issuer text not null,
  id text not null,
  site text not null,
  referral_id text not null,
  recommendation_id text not null,
  patient_index bytea not null,
  subject text not null,
  made_at timestamptz not null,
  finished boolean not null,
  lease_holder text,
  lease_until timestamptz,
  revision integer not null check (revision > 0),
  content_sealed bytea not null,
  primary key (tenant, issuer, id),
  check ((lease_holder is null) = (lease_until is null))
);
create index plan_recommendation on plan (tenant, issuer, recommendation_id);
create index plan_unfinished on plan (tenant, issuer, patient_index, subject) where not finished;

create table approval (
  tenant text not null,
  issuer text not null,
  id text not null,
  site text not null,
  recommendation_id text not null,
  referral_id text not null,
  idempotency_key text not null,
  subject text not null,
  approved_at timestamptz not null,
  order_version text,
  content_hash text not null,
  content_sealed bytea not null,
  primary key (tenant, issuer, id),
  unique (tenant, issuer, idempotency_key)
);
create index approval_recommendation on approval (tenant, issuer, recommendation_id);

create table obligation (
  tenant text not null,
  issuer text not null,
  id text not null,
  site text not null,
  referral_id text not null,
  kind text not null,
  raised_at timestamptz not null,
  due_at timestamptz not null,
  owner text,
  status text not null check (status in ('open', 'done')),
  settled_at timestamptz,
  content_sealed bytea not null,
  primary key (tenant, issuer, id),
  check ((status = 'done') = (settled_at is not null))
);
create index obligation_due on obligation (tenant, issuer, status, due_at);

create table session (
  tenant text not null,
  issuer text not null,
  token_hash text not null, -- SHA-256 of the token; the token itself is nowhere
  site text not null,
  subject text not null,
  fhir_user text not null,
  started_at timestamptz not null,
  last_activity timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  who_sealed bytea not null, -- name of the user, id of the patient
  primary key (tenant, issuer, token_hash)
);
create index session_token on session (token_hash);
create index session_expiry on session (tenant, issuer, expires_at);

create table used_id_token (
  tenant text not null,
  issuer text not null,
  token_hash text not null,
  site text not null,
  until timestamptz not null,
  primary key (tenant, issuer, token_hash)
);

create table role_grant (
  tenant text not null,
  issuer text not null,
  subject text not null,
  site text not null,
  fhir_user text not null,
  name text,
  roles text[] not null,
  granted_by text not null,
  granted_at timestamptz not null,
  reason text not null,
  primary key (tenant, issuer, subject)
);

-- Directories: no patient, no tenant. The bytes of a hash never change; the pointer says which is in force.
create table directory_snapshot (
  hash text primary key,
  as_of date not null,
  counts jsonb not null,
  synthetic boolean not null,
  published_at timestamptz not null,
  bytes bytea not null
);
create table directory_pointer (
  only_one boolean primary key default true check (only_one),
  hash text not null references directory_snapshot (hash)
);

-- The audit log. An entry is appended with what it records; the sequencer numbers and chains it within a second.
create table audit_entry (
  tenant text not null,
  issuer text not null,
  id text not null,
  site text not null,
  at timestamptz not null,
  recommendation_id text,
  referral_id text,
  entry bytea not null, -- canonical JSON (RFC 8785), the bytes the leaf is the hash of
  payload_sealed bytea, -- details; under the referral's key, else under that of the month
  primary key (tenant, issuer, id)
);
create index audit_entry_id on audit_entry (id);
create index audit_entry_recommendation on audit_entry (tenant, issuer, recommendation_id) where recommendation_id is not null;
create index audit_entry_referral on audit_entry (tenant, issuer, referral_id) where referral_id is not null;

-- Entries that wait for their number: a queue, not a record. An entry missing here is found by audit verify.
create table audit_pending (
  entry_id text primary key,
  leaf bytea not null,
  at timestamptz not null
);
create table audit_chain (
  number bigint primary key check (number > 0),
  entry_id text not null unique,
  leaf bytea not null,
  previous bytea not null,
  hash bytea not null
);
-- The end of the chain after each run, kept apart: a chain cut short does not meet its newest head.
create table audit_head (
  number bigint primary key,
  hash bytea not null,
  at timestamptz not null
);

do $$
declare name text;
begin
  foreach name in array array['data_key', 'referral_event', 'referral', 'recommendation', 'plan', 'approval', 'obligation',
    'session', 'used_id_token', 'role_grant', 'audit_entry']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy own_scope on %I to refloop_app
         using (tenant = current_setting(''refloop.tenant'', true) and issuer = current_setting(''refloop.issuer'', true))
         with check (tenant = current_setting(''refloop.tenant'', true) and issuer = current_setting(''refloop.issuer'', true))', name);
  end loop;
end $$;

-- A token opens its own session and nothing else, before its scope is known.
create policy own_token on session for select to refloop_app
  using (token_hash = current_setting('refloop.session', true));

-- Checking the chain reads every scope's entries, and so does nobody else.
create policy every_scope on audit_entry for select to refloop_auditor using (true);

grant select, insert, update, delete on
  data_key, referral, recommendation, plan, obligation, session, used_id_token, role_grant
  to refloop_app;
grant select, insert on
  scope, instance_key, referral_event, approval, directory_snapshot, audit_entry, audit_chain, audit_head
  to refloop_app;
grant update on scope, instance_key to refloop_app;
grant select, insert, update on directory_pointer to refloop_app;
grant select, insert, delete on audit_pending to refloop_app;
grant select on audit_entry, audit_chain, audit_head, audit_pending, scope to refloop_auditor;
