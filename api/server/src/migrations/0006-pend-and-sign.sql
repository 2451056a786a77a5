-- Pend and sign: who prepares for whom and who covers for whom, what lies with whom to be signed, and whose list a thing stands on.

-- Given and ended, never changed otherwise: who stood in for whom at a moment can be told for good. No patient stands here.
create table delegation (
  tenant text not null,
  issuer text not null,
  id text not null,
  site text not null,
  kind text not null check (kind in ('prepares-for', 'covers')),
  delegate_subject text not null,
  delegate_fhir_user text not null,
  delegate_name text not null,
  clinician_subject text not null,
  clinician_fhir_user text not null,
  clinician_name text not null,
  reason text not null,
  given_by text not null,
  given_at timestamptz not null,
  until timestamptz, -- from then on it is not in force; null = until it is taken away
  ended_at timestamptz,
  ended_by text,
  ended_reason text,
  primary key (tenant, issuer, id),
  check (delegate_subject <> clinician_subject),
  check ((ended_at is null) = (ended_by is null) and (ended_at is null) = (ended_reason is null))
);
create index delegation_delegate on delegation (tenant, issuer, delegate_subject) where ended_at is null;

alter table delegation enable row level security;
alter table delegation force row level security;
create policy own_scope on delegation to refloop_app
  using (tenant = current_setting('refloop.tenant', true) and issuer = current_setting('refloop.issuer', true))
  with check (tenant = current_setting('refloop.tenant', true) and issuer = current_setting('refloop.issuer', true));
grant select, insert on delegation to refloop_app;
grant update (ended_at, ended_by, ended_reason) on delegation to refloop_app;

-- The clinician a recommendation lies with to be signed, while it does; and who prepared it, with the words they handed over.
alter table recommendation add column pended_for text, add column prepared_sealed bytea;
create index recommendation_prepared on recommendation (tenant, issuer, patient_index)
  where status = 'PENDING_REVIEW' and prepared_sealed is not null;
grant update (pended_for, prepared_sealed) on recommendation to refloop_app;

-- Whose doing an obligation follows from, apart from who has to see to it.
alter table obligation add column raised_by text;
create index obligation_owner on obligation (tenant, issuer, owner, status, due_at);
create index obligation_raised_by on obligation (tenant, issuer, raised_by, status, due_at);
-- The policies are for the application; for this one statement the owner reads past them, whoever that is.
alter table obligation no force row level security;
alter table plan no force row level security;
update obligation set raised_by = plan.subject from plan
  where obligation.tenant = plan.tenant and obligation.issuer = plan.issuer and obligation.id = 'write-back-' || plan.id;
alter table obligation force row level security;
alter table plan force row level security;
