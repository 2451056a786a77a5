/** Giving and taking away that one person stands in for another: by an admin, with a reason, audited, in force with the next request. */
import type { Delegation, GiveDelegation, StaffMember } from '../client/admin.ts';
import { type FieldError, problem, type Refusal } from '../problem.ts';
import { actorOf, type Session } from '../sessions/session.ts';
import { findSite, type Site } from '../sites.ts';
import type { StoredDelegation } from '../store/delegations.ts';
import type { Store, Unit } from '../store/store.ts';
import { isFhirUser } from './fhir-user.ts';
import { rolesOf } from './roles.ts';

type Deps = { store: Store; sites: Site[]; newId: () => string };

function stateOf({ until, ended }: StoredDelegation, now: Date): Delegation['state'] {
  if (ended) return 'taken-away';
  return until !== null && until <= now.toISOString() ? 'run-out' : 'in-force';
}

const delegationOf = (stored: StoredDelegation, now: Date): Delegation => ({ ...stored, state: stateOf(stored, now) });

/**
 * Why this person cannot stand there: no such reference, another than their grant says, or without the role it takes.
 * @param mayHaveLeft whose access was taken away may stand there too
 */
async function faultOf(
  unit: Unit,
  site: Site,
  person: StaffMember,
  field: 'delegate' | 'clinician',
  role: 'clinician' | 'preparer',
  mayHaveLeft = false,
): Promise<FieldError | undefined> {
  if (!isFhirUser(person.fhirUser)) {
    const fix = 'Copy it from the person’s account in the EHR.';
    return { field: `${field}.fhirUser`, message: 'Not a reference such as Practitioner/123', fix };
  }
  const grant = await unit.grants.get(person.subject);
  if (grant && grant.fhirUser !== person.fhirUser) {
    const fix = 'Correct the subject or the fhirUser.';
    return { field: `${field}.fhirUser`, message: `The roles of this subject are of ${grant.fhirUser}`, fix };
  }
  const roles = rolesOf(site, person.fhirUser, grant);
  if (roles.includes(role) || (mayHaveLeft && roles.length === 0)) return undefined;
  const fix = `Give this person the role ${role} first.`;
  return { field: `${field}.subject`, message: `Not a ${role} of Refloop at this site`, fix };
}

async function faults(unit: Unit, site: Site, given: GiveDelegation, now: Date): Promise<FieldError[]> {
  const delegateRole = given.kind === 'covers' ? 'clinician' : 'preparer';
  const found = [
    await faultOf(unit, site, given.delegate, 'delegate', delegateRole),
    // What waits for somebody who has left, or whose access was taken away, is answered by whoever covers for them.
    await faultOf(unit, site, given.clinician, 'clinician', 'clinician', given.kind === 'covers'),
    given.delegate.subject === given.clinician.subject
      ? { field: 'delegate.subject', message: 'The same person as the clinician', fix: 'Name two people.' }
      : undefined,
    given.until !== null && Date.parse(given.until) <= now.getTime()
      ? { field: 'until', message: 'Not in the future', fix: 'Choose a later day, or leave the end open.' }
      : undefined,
  ];
  return found.flatMap((fault) => fault ?? []);
}

export async function giveDelegation(deps: Deps, session: Session, given: GiveDelegation, now: Date): Promise<Delegation | Refusal> {
  const site = findSite(deps.sites, session.scope.issuer);
  if (!site) return problem('unknown-issuer', 'This EHR is no longer registered with Refloop.');
  return deps.store.transaction(session.scope, async (unit) => {
    const found = await faults(unit, site, given, now);
    if (found.length > 0) return problem('unprocessable', 'Nobody was named. Mend the fields named here and send it again.', found);
    const { kind, delegate, clinician, reason } = given;
    const inForce = await unit.delegations.inForce({ kind, delegate: delegate.subject, now: now.toISOString() });
    if (inForce.some((each) => each.clinician.subject === clinician.subject)) {
      return problem('conflict', 'This is in force already. Take it away first if its end is to change.');
    }
    const until = given.until === null ? null : new Date(given.until).toISOString();
    const made = { id: deps.newId(), kind, delegate, clinician, reason, givenBy: session.subject, givenAt: now.toISOString(), until };
    await unit.delegations.insert(made);
    await wakeBoth(unit, made, made.givenAt);
    await unit.audit.append({
      at: made.givenAt,
      actor: actorOf(session),
      action: 'delegation.given',
      purpose: 'HSYSADMIN',
      payload: { id: made.id, kind, delegate, clinician, until, reason },
    });
    return delegationOf({ ...made, ended: null }, now);
  });
}

/** Who answers for what is open may be another from now on. */
async function wakeBoth(unit: Unit, { kind, delegate, clinician }: Pick<StoredDelegation, 'kind' | 'delegate' | 'clinician'>, at: string) {
  if (kind !== 'covers') return;
  for (const { subject } of [delegate, clinician]) await unit.referralTimers.wake({ subject, at });
}

export const endDelegation = (
  deps: Pick<Deps, 'store'>,
  session: Session,
  id: string,
  reason: string,
  now: Date,
): Promise<Delegation | Refusal> =>
  deps.store.transaction(session.scope, async (unit) => {
    const before = await unit.delegations.get(id);
    if (!before) return problem('not-found', 'There is no such entry at this site. Reload the list.');
    const at = now.toISOString();
    if (!(await unit.delegations.end(id, { at, by: session.subject, reason }))) {
      return problem('conflict', 'It was taken away already. Reload the list.');
    }
    const { kind, delegate, clinician } = before;
    await wakeBoth(unit, before, at);
    await unit.audit.append({
      at,
      actor: actorOf(session),
      action: 'delegation.ended',
      purpose: 'HSYSADMIN',
      payload: { id, kind, delegate, clinician, reason },
    });
    return delegationOf({ ...before, ended: { at, by: session.subject, reason } }, now);
  });

/** All that ever were, newest first. */
export const listDelegations = async (store: Store, session: Session, now: Date): Promise<Delegation[]> =>
  (await store.transaction(session.scope, (unit) => unit.delegations.list())).map((stored) => delegationOf(stored, now));
