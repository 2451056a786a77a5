-- What Refloop holds against what an EHR holds, at one time: codes, numbers of specialists and ids of referrals; nothing of a patient.
create table reconciliation_report (
  tenant text not null,
  issuer text not null,
  site text not null,
  id text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  standing text not null check (standing in ('under-way', 'done', 'cut', 'unreachable')),
  asked_by text not null, -- subject of the id_token, or refloop for the nightly one
  plan_cursor text not null, -- the last write-back that was looked at
  looked integer not null default 0,
  unread integer not null default 0,
  differences jsonb not null default '[]',
  more integer not null default 0,
  held_by text,
  held_until timestamptz,
  primary key (tenant, issuer, id),
  check ((finished_at is null) = (standing = 'under-way'))
);
create unique index reconciliation_report_under_way on reconciliation_report (tenant, issuer) where finished_at is null;
create index reconciliation_report_started on reconciliation_report (tenant, issuer, started_at desc);
alter table reconciliation_report enable row level security;
alter table reconciliation_report force row level security;
create policy own_scope on reconciliation_report to refloop_app
  using (tenant = current_setting('refloop.tenant', true) and issuer = current_setting('refloop.issuer', true))
  with check (tenant = current_setting('refloop.tenant', true) and issuer = current_setting('refloop.issuer', true));
grant select, insert, update (finished_at, standing, plan_cursor, looked, unread, differences, more, held_by, held_until)
  on reconciliation_report to refloop_app;
