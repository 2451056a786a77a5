-- What came in from outside, from the moment it is here: kept before anything is made of it, and held until it is known whose it is. Sealed under
-- a key of its own, since it belongs to no referral yet; once it is placed, its file lies with its referral and what was read of it stays here.
create table inbound_document (
  tenant text not null,
  issuer text not null,
  site text not null,
  id text not null,
  source text not null check (source in ('portal', 'gateway')),
  sha256 text not null,
  received_at timestamptz not null,
  status text not null check (status in ('waiting', 'held', 'placed', 'set-aside')),
  settled_at timestamptz,
  referral_id text, -- where it was placed
  link_key text, -- by whose link it came: referral and attempt
  content_sealed bytea not null,
  file_sealed bytea, -- until it is placed
  primary key (tenant, issuer, id),
  check ((referral_id is not null) = (status = 'placed')),
  check ((settled_at is null) = (status in ('waiting', 'held'))),
  check ((file_sealed is null) = (status = 'placed'))
);
-- What is over is not looked at to find what waits.
create index inbound_document_open on inbound_document (tenant, issuer, status, received_at) where settled_at is null;
create index inbound_document_link on inbound_document (tenant, issuer, link_key) where link_key is not null and settled_at is null;
create index inbound_document_referral on inbound_document (tenant, issuer, referral_id) where referral_id is not null;

-- By what a patient is found when a document names them: keyed digests of birth date, telephone and the like; never the words themselves.
create table patient_identity (
  tenant text not null,
  issuer text not null,
  site text not null,
  patient_index bytea not null,
  blocks bytea[] not null,
  content_sealed bytea not null,
  primary key (tenant, issuer, patient_index)
);
create index patient_identity_blocks on patient_identity using gin (blocks);

do $$
declare name text;
begin
  foreach name in array array['inbound_document', 'patient_identity']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy own_scope on %I to refloop_app
         using (tenant = current_setting(''refloop.tenant'', true) and issuer = current_setting(''refloop.issuer'', true))
         with check (tenant = current_setting(''refloop.tenant'', true) and issuer = current_setting(''refloop.issuer'', true))', name);
  end loop;
end $$;
grant select, insert, update (status, settled_at, referral_id, content_sealed, file_sealed) on inbound_document to refloop_app;
grant select, insert, update (blocks, content_sealed) on patient_identity to refloop_app;
