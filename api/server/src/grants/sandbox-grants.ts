/** The sandbox EHR's coordinator and lead get their roles at first start; its admin stands in its site entry. */
import { type Site, scopeOf } from '../sites.ts';
import type { StoredGrant } from '../store/grants.ts';
import type { Store } from '../store/store.ts';

const SEEDED: Pick<StoredGrant, 'subject' | 'name' | 'roles'>[] = [
  { subject: 'coordinator', name: 'Teo Lindqvist, RN', roles: ['coordinator'] },
  { subject: 'lead', name: 'Priya Castellan, MD', roles: ['clinician', 'lead'] },
];

/** Gives what nobody has decided yet; a grant that an admin has changed since stays as it is. */
export async function seedSandboxGrants(store: Store, sandbox: Site, now: Date): Promise<void> {
  const at = now.toISOString();
  await store.transaction(scopeOf(sandbox), async (unit) => {
    for (const { subject, name, roles } of SEEDED) {
      if (await unit.grants.get(subject)) continue;
      const fhirUser = `Practitioner/${subject}`;
      const reason = 'Given at first start: a user of the sandbox EHR';
      await unit.grants.put({ subject, fhirUser, name, roles, grantedBy: 'sites', grantedAt: at, reason });
      await unit.audit.append({
        at,
        actor: { subject: 'refloop', fhirUser: null, sessionId: null },
        action: 'grant.changed',
        purpose: 'HSYSADMIN',
        payload: { subject, fhirUser, before: null, after: roles, reason },
      });
    }
  });
}
