/** Giving and taking roles: by an admin, with a reason, audited, in force with the next request. */
import type { Grant, PutGrant } from '../client/admin.ts';
import { problem, type Refusal } from '../problem.ts';
import { actorOf, type Session } from '../sessions/session.ts';
import { findSite, type Site } from '../sites.ts';
import type { Store } from '../store/store.ts';
import { isFhirUser } from './fhir-user.ts';

function fault(sites: Site[], session: Session, subject: string, given: PutGrant): Refusal | undefined {
  if (!isFhirUser(given.fhirUser)) {
    return problem('unprocessable', 'The person must be a Practitioner or a PractitionerRole of this EHR.', [
      { field: 'fhirUser', message: 'Not a reference such as Practitioner/123', fix: 'Copy it from the person’s account in the EHR.' },
    ]);
  }
  const firstAdmin = findSite(sites, session.scope.issuer)?.admins.includes(session.fhirUser) ?? false;
  if (subject === session.subject && !given.roles.includes('admin') && !firstAdmin) {
    return problem('unprocessable', 'You cannot take the administrator’s role away from yourself; another administrator can.', [
      { field: 'roles', message: 'Leaves out admin', fix: 'Keep admin, or ask another administrator.' },
    ]);
  }
  return undefined;
}

export async function changeGrant(
  deps: { store: Store; sites: Site[] },
  session: Session,
  subject: string,
  given: PutGrant,
  now: Date,
): Promise<Grant | Refusal> {
  const refusal = fault(deps.sites, session, subject, given);
  if (refusal) return refusal;
  return deps.store.transaction(session.scope, async (unit) => {
    const before = await unit.grants.get(subject);
    const grant = {
      subject,
      fhirUser: given.fhirUser,
      name: before?.name ?? null,
      roles: [...new Set(given.roles)],
      grantedBy: session.subject,
      grantedAt: now.toISOString(),
    };
    await unit.grants.put({ ...grant, reason: given.reason });
    // What was this person's finds the next one with the role.
    await unit.referralTimers.wake({ subject: grant.subject, at: now.toISOString() });
    await unit.audit.append({
      at: now.toISOString(),
      actor: actorOf(session),
      action: 'grant.changed',
      purpose: 'HSYSADMIN',
      payload: { subject, fhirUser: given.fhirUser, before: before?.roles ?? null, after: grant.roles, reason: given.reason },
    });
    return grant;
  });
}

/** The grants of this EHR, without the reasons: those are in the audit. */
export async function listGrants(store: Store, session: Session): Promise<Grant[]> {
  const grants = await store.transaction(session.scope, (unit) => unit.grants.list());
  return grants.map(({ reason: _reason, ...grant }) => grant);
}
