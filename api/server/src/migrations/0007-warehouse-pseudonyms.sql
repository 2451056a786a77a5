-- Which referral a pseudonym of the warehouse stands for. The warehouse itself holds no such list, so that whoever has its files alone
-- cannot say who is in them; rows behind a figure are joined here, within one scope, by role and on record.
create table warehouse_pseudonym (
  tenant text not null,
  issuer text not null,
  pseudonym text not null,
  site text not null,
  referral_id text not null,
  primary key (tenant, issuer, pseudonym)
);

alter table warehouse_pseudonym enable row level security;
alter table warehouse_pseudonym force row level security;
create policy own_scope on warehouse_pseudonym to refloop_app
  using (tenant = current_setting('refloop.tenant', true) and issuer = current_setting('refloop.issuer', true))
  with check (tenant = current_setting('refloop.tenant', true) and issuer = current_setting('refloop.issuer', true));
-- The same referral always has the same one: it is kept or it is there, and never changed.
grant select, insert on warehouse_pseudonym to refloop_app;
