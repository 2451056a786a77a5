/** The sandbox EHR's people get their roles, and who stands in for whom, at first start; its admin stands in its site entry. */
import { type Site, scopeOf } from '../sites.ts';
import type { DelegationKind, StaffMember } from '../store/delegations.ts';
import type { StoredGrant } from '../store/grants.ts';
import type { Store, Unit } from '../store/store.ts';

const SEEDED: Pick<StoredGrant, 'subject' | 'name' | 'roles'>[] = [
  { subject: 'coordinator', name: 'Teo Lindqvist, RN', roles: ['coordinator'] },
  { subject: 'lead', name: 'Priya Castellan, MD', roles: ['clinician', 'lead'] },
  { subject: 'nurse', name: 'Kim Ortiz, MA', roles: ['preparer'] },
];

const member = (subject: string, name: string): StaffMember => ({ subject, fhirUser: `Practitioner/${subject}`, name });

const CLINICIAN = member('clinician', 'Maren Oduya, MD');
const SEEDED_DELEGATIONS: { id: string; kind: DelegationKind; delegate: StaffMember }[] = [
  { id: 'sandbox-nurse-prepares', kind: 'prepares-for', delegate: member('nurse', 'Kim Ortiz, MA') },
  { id: 'sandbox-covering-covers', kind: 'covers', delegate: member('covering', 'Lucia Ferrante, MD') },
];

const BY_REFLOOP = { subject: 'refloop', fhirUser: null, sessionId: null };
const REASON = 'Given at first start: a user of the sandbox EHR';

/** Taken away by an admin it stays so: its entry is still there. */
async function seedDelegations(unit: Unit, at: string): Promise<void> {
  for (const { id, kind, delegate } of SEEDED_DELEGATIONS) {
    if (await unit.delegations.get(id)) continue;
    await unit.delegations.insert({
      id,
      kind,
      delegate,
      clinician: CLINICIAN,
      reason: REASON,
      givenBy: 'sites',
      givenAt: at,
      until: null,
    });
    await unit.audit.append({
      at,
      actor: BY_REFLOOP,
      action: 'delegation.given',
      purpose: 'HSYSADMIN',
      payload: { id, kind, delegate, clinician: CLINICIAN, until: null, reason: REASON },
    });
  }
}

/** Gives what nobody has decided yet; a grant that an admin has changed since stays as it is. */
export async function seedSandboxGrants(store: Store, sandbox: Site, now: Date): Promise<void> {
  const at = now.toISOString();
  await store.transaction(scopeOf(sandbox), async (unit) => {
    for (const { subject, name, roles } of SEEDED) {
      if (await unit.grants.get(subject)) continue;
      const fhirUser = `Practitioner/${subject}`;
      await unit.grants.put({ subject, fhirUser, name, roles, grantedBy: 'sites', grantedAt: at, reason: REASON });
      await unit.audit.append({
        at,
        actor: BY_REFLOOP,
        action: 'grant.changed',
        purpose: 'HSYSADMIN',
        payload: { subject, fhirUser, before: null, after: roles, reason: REASON },
      });
    }
    await seedDelegations(unit, at);
  });
}
