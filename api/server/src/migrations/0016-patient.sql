-- A link for the patient: what it opens, never the link itself. It shows and does nothing before the date of birth was given with it.
create table patient_link (
  tenant text not null,
  issuer text not null,
  site text not null,
  id text not null,
  token_hash text not null unique,
  referral_id text not null,
  made_by text not null, -- subject of the id_token, or refloop for one that a message carries
  made_at timestamptz not null,
  expires_at timestamptz not null,
  wrong_tries integer not null default 0,
  opened_hash text unique,
  opened_until timestamptz,
  opened_as text, -- patient, parent, guardian or proxy
  closed_at timestamptz, -- taken back, or locked after too many tries
  primary key (tenant, issuer, id),
  check ((opened_hash is null) = (opened_until is null) and (opened_hash is null) = (opened_as is null))
);
create index patient_link_referral on patient_link (tenant, issuer, referral_id);

-- How a patient may be reached, in which language, by whose consent, and who may act for them: sealed, found by keyed digests alone.
create table patient_contact (
  tenant text not null,
  issuer text not null,
  site text not null,
  patient_index bytea not null,
  text_index bytea, -- of the number that text messages go to; several patients may share one
  updated_at timestamptz not null,
  content_sealed bytea not null,
  primary key (tenant, issuer, patient_index)
);
create index patient_contact_text on patient_contact (tenant, issuer, text_index);

do $$
declare name text;
begin
  foreach name in array array['patient_link', 'patient_contact']
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
create policy own_link on patient_link for select to refloop_app
  using (current_setting('refloop.link', true) in (token_hash, opened_hash));
grant select, insert, update (wrong_tries, opened_hash, opened_until, opened_as, closed_at) on patient_link to refloop_app;
grant select, insert, update (site, text_index, updated_at, content_sealed) on patient_contact to refloop_app;
