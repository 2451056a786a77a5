-- How far each EHR has been read for what became of referrals. Types of resources and moments; nothing of a patient.
create table capture_checkpoint (
  tenant text not null,
  issuer text not null,
  site text not null,
  resource_type text not null,
  since timestamptz not null, -- by the EHR's clock: what changed before was read
  looked_at timestamptz, -- by ours; null asks for a look at once
  refused text, -- why the EHR does not let us look, where it does not
  primary key (tenant, issuer, resource_type)
);

-- What we asked an EHR to notify us of; the secret that its notifications bear, as a digest.
create table capture_subscription (
  tenant text not null,
  issuer text not null,
  site text not null,
  reference text not null, -- in the EHR
  secret_hash text not null,
  asked_at timestamptz not null,
  heard_at timestamptz, -- of the last notification that bore the secret
  primary key (tenant, issuer)
);

do $$
declare name text;
begin
  foreach name in array array['capture_checkpoint', 'capture_subscription']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy own_scope on %I to refloop_app
         using (tenant = current_setting(''refloop.tenant'', true) and issuer = current_setting(''refloop.issuer'', true))
         with check (tenant = current_setting(''refloop.tenant'', true) and issuer = current_setting(''refloop.issuer'', true))', name);
  end loop;
end $$;
grant select, insert, update (since, looked_at, refused) on capture_checkpoint to refloop_app;
grant select, insert, update (reference, secret_hash, asked_at, heard_at) on capture_subscription to refloop_app;
