/** Who works here, and their sessions: put beside Refloop, since the campaign is not about signing in. */
import type { Role } from '@refloop/server/client/session';
import { digest, newToken } from '@refloop/server/sessions/token';
import type { Unit } from '@refloop/server/store/store';

export type Person = { subject: string; fhirUser: string; name: string };

const person = (subject: string, name: string): Person => ({ subject, fhirUser: `Practitioner/${subject}`, name });

export const CLINICIAN = person('clinician', 'Dr. Lee');
export const COORDINATORS: readonly Person[] = [person('kim', 'Kim'), person('noor', 'Noor')];
export const LEAD = person('lena', 'Lena');

const STAFF: readonly (readonly [Person, Role])[] = [
  [CLINICIAN, 'clinician'],
  ...COORDINATORS.map((each) => [each, 'coordinator'] as const),
  [LEAD, 'lead'],
];

export async function employ(unit: Unit, at: string): Promise<void> {
  for (const [each, role] of STAFF)
    await unit.grants.put({ ...each, roles: [role], grantedBy: 'campaign', grantedAt: at, reason: 'The campaign' });
}

type Desk = { now: () => Date; inStore: <Value>(work: (unit: Unit) => Promise<Value>) => Promise<Value> };

const LASTS_MS = 3_600_000;
/** Well within the fifteen minutes after which a session that nobody uses ends. */
const RENEWED_AFTER_MS = 6 * 60_000;

/** The token of somebody's session, of a new one where the last may have ended meanwhile. */
export function sessionOf({ now, inStore }: Desk, { subject, fhirUser, name }: Person, patientId: string | null): () => Promise<string> {
  let token = '';
  let startedAt = 0;
  return async () => {
    const at = now();
    if (at.getTime() - startedAt < RENEWED_AFTER_MS) return token;
    [token, startedAt] = [newToken(), at.getTime()];
    const session = { tokenHash: digest(token), subject, fhirUser, name, patientId };
    const expiresAt = new Date(startedAt + LASTS_MS).toISOString();
    await inStore((unit) => unit.sessions.insert({ ...session, startedAt: at.toISOString(), lastActivity: at.toISOString(), expiresAt }));
    return token;
  };
}
