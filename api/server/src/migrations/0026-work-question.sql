-- When each clinician was last asked how they find their work with Refloop, so that nobody is asked twice within four weeks. What they said stands
-- in the history of the referral after whose note they were asked, and in no row of their own.
create table work_question (
  tenant text not null,
  issuer text not null,
  site text not null,
  subject text not null,
  referral_id text not null,
  asked_at timestamptz not null,
  answered_at timestamptz,
  primary key (tenant, issuer, subject)
);
alter table work_question enable row level security;
alter table work_question force row level security;
create policy own_scope on work_question to refloop_app
  using (tenant = current_setting('refloop.tenant', true) and issuer = current_setting('refloop.issuer', true))
  with check (tenant = current_setting('refloop.tenant', true) and issuer = current_setting('refloop.issuer', true));
grant select, insert, update (referral_id, asked_at, answered_at) on work_question to refloop_app;
