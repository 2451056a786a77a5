-- Keys that wrap data keys. A row with bytes is a key that `npm run keys -- rotate` made, wrapped by the key of REFLOOP_KEY
-- named in root. A row without bytes stands for a key of REFLOOP_KEY that wraps data keys itself: its name, never its bytes.
create table key_encryption_key (
  kid text primary key,
  created_at timestamptz not null default now(),
  root text,
  wrapped bytea,
  retired_at timestamptz,
  check ((root is null) = (wrapped is null)),
  -- A name in REFLOOP_KEY holds no slash, so that neither kind is ever taken for the other.
  check ((wrapped is null) = (position('/' in kid) = 0))
);
create unique index key_encryption_key_current on key_encryption_key ((true)) where wrapped is not null and retired_at is null;

grant select, insert, delete, update (root, wrapped, retired_at) on key_encryption_key to refloop_app;

-- The owner sees every scope for as long as row-level security is not forced: for this transaction.
alter table data_key no force row level security;
insert into key_encryption_key (kid) select kid from data_key union select kid from instance_key;
-- Nothing can come to lie under a key that is gone, and no key can go while something lies under it.
alter table data_key add constraint data_key_kid foreign key (kid) references key_encryption_key (kid);
alter table instance_key add constraint instance_key_kid foreign key (kid) references key_encryption_key (kid);
create index data_key_wrapped_by on data_key (kid, tenant, issuer, owner);
alter table data_key force row level security;
