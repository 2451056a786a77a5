-- When Refloop's own reconciliation looks next into a write-back, and how often it has. Null: there is nothing left to find out.
-- The default fills the rows that are there, whoever owns the table: each is looked into once, and most are done with then.
alter table plan
  add column look_due_at timestamptz default now(),
  add column looks integer not null default 0 check (looks >= 0);
alter table plan alter column look_due_at drop default;
create index plan_look_due on plan (tenant, issuer, look_due_at) where look_due_at is not null;
grant update (look_due_at, looks) on plan to refloop_app;
