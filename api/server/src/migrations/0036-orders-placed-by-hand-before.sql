-- Until “placed by hand” was an event that puts the order in force, whoever settled what was left of a write-back with a word took it off every
-- list, and the referral stayed approved with nobody owing anything (R126). Such a word is asked for anew, of the clinician who approved: the
-- row stands open again, due as that of a fresh approval is, with what was said then. Only of the newest approval of a referral that is still
-- approved, and only where nothing of it is open.
alter table obligation no force row level security;
alter table plan no force row level security;
alter table referral no force row level security;
update obligation
  set status = 'open', settled_at = null, owner = plan.subject, due_at = now() + interval '15 minutes', changed = pg_current_xact_id()
  from plan join referral using (tenant, issuer, referral_id)
  where obligation.tenant = plan.tenant and obligation.issuer = plan.issuer and obligation.id = 'write-back-' || plan.id
    and obligation.kind = 'unfinished-write-back' and obligation.status = 'done' and referral.status = 'approved'
    and not exists (select from plan as newer
      where newer.tenant = plan.tenant and newer.issuer = plan.issuer and newer.referral_id = plan.referral_id and newer.made_at > plan.made_at)
    and not exists (select from obligation as other
      where other.tenant = plan.tenant and other.issuer = plan.issuer and other.referral_id = plan.referral_id
        and other.kind = 'unfinished-write-back' and other.status = 'open');
alter table obligation force row level security;
alter table plan force row level security;
alter table referral force row level security;
