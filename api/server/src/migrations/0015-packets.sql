-- What the practice made of a packet before it went: items taken out, why it goes without what is missing, who looked it through. One row an attempt.
create table packet_preparation (
  tenant text not null,
  issuer text not null,
  site text not null,
  referral_id text not null,
  attempt integer not null check (attempt > 0),
  revision integer not null check (revision > 0), -- counts up with every change
  updated_at timestamptz not null,
  content_sealed bytea not null,
  primary key (tenant, issuer, referral_id, attempt)
);

-- To whom something of a patient was disclosed, when, what and why (45 CFR 164.528). Only ever added to.
create table disclosure (
  tenant text not null,
  issuer text not null,
  site text not null,
  id text not null,
  referral_id text not null,
  patient_index bytea not null, -- keyed digest: the same for the same patient of this place
  disclosed_at timestamptz not null,
  content_sealed bytea not null,
  primary key (tenant, issuer, id)
);
create index disclosure_patient on disclosure (tenant, issuer, patient_index, disclosed_at);
create index disclosure_referral on disclosure (tenant, issuer, referral_id);

do $$
declare name text;
begin
  foreach name in array array['packet_preparation', 'disclosure']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy own_scope on %I to refloop_app
         using (tenant = current_setting(''refloop.tenant'', true) and issuer = current_setting(''refloop.issuer'', true))
         with check (tenant = current_setting(''refloop.tenant'', true) and issuer = current_setting(''refloop.issuer'', true))', name);
  end loop;
end $$;
grant select, insert, update (revision, updated_at, content_sealed) on packet_preparation to refloop_app;
grant select, insert on disclosure to refloop_app;
