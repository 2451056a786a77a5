/** The people of a simulated practice, and how each of them comes to Refloop. */
import type { Role } from '@refloop/server/client/session';
import type { PatientSession, Session } from '@refloop/server/sessions/session';
import type { Site } from '@refloop/server/sites';
import type { Scope, Unit } from '@refloop/server/store/store';

export type Person = { subject: string; name: string; roles: Role[] };

export type Practice = {
  scope: Scope;
  timeZone: string;
  clinicians: Person[];
  coordinators: Person[];
  lead: Person;
};

const person = (subject: string, roles: Role[]): Person => ({
  subject,
  name: `${subject[0]?.toUpperCase()}${subject.slice(1)} Example`,
  roles,
});

/** One with summer time and one without: the same referral has other deadlines there. */
export const PRACTICES: readonly Practice[] = [
  { tenant: 'north', timeZone: 'America/Chicago' },
  { tenant: 'south', timeZone: 'America/Phoenix' },
].map(({ tenant, timeZone }) => ({
  // Both EHRs have a Patient/1: what belongs to one must never be found in the other.
  scope: { tenant, issuer: `https://${tenant}.example.org/fhir`, site: `${tenant} clinic` },
  timeZone,
  clinicians: ['lee', 'osei', 'marsh'].map((name) => person(`${tenant}-${name}`, ['clinician'])),
  coordinators: ['kim', 'ada', 'joan'].map((name) => person(`${tenant}-${name}`, ['coordinator'])),
  lead: person(`${tenant}-lena`, ['lead']),
}));

/** By what the gateway of each practice's number signs. */
export const TEXT_SECRET: Readonly<Record<string, string>> = { north: 'secret of the north', south: 'secret of the south' };

/** As the site file would have it, with an access of Refloop's own; in the north it also finishes what was approved. */
export const siteOf = ({ scope }: Practice): Site => ({
  tenant: scope.tenant,
  name: scope.site,
  iss: scope.issuer,
  clientId: 'refloop',
  scopes: '',
  issuer: undefined,
  jwks: undefined,
  embed: [],
  admins: [],
  phone: '312-555-0199',
  textMessages: { url: 'https://texts.invalid', from: '+13125550198', key: 'simulated', secret: TEXT_SECRET[scope.tenant] ?? '' },
  system: { clientId: 'refloop-system', key: undefined as never, scopes: '', completes: scope.tenant === 'north', tracks: true },
});

export const everybody = ({ clinicians, coordinators, lead }: Practice): Person[] => [...clinicians, ...coordinators, lead];

/** As an administrator gives the roles. */
export async function grant(unit: Unit, { subject, name, roles }: Person, at: string): Promise<void> {
  await unit.grants.put({
    subject,
    fhirUser: `Practitioner/${subject}`,
    name,
    roles,
    grantedBy: 'sites',
    grantedAt: at,
    reason: 'Simulated',
  });
}

/** A session as the sign-in makes it; signing in is not what is simulated. */
export function sessionOf({ scope }: Practice, { subject, name, roles }: Person, at: Date): Session {
  const started = at.toISOString();
  return {
    scope,
    subject,
    fhirUser: `Practitioner/${subject}`,
    name,
    roles: [...roles],
    patientId: null,
    sessionId: `session-of-${subject}`,
    startedAt: started,
    lastActivity: started,
    expiresAt: new Date(at.getTime() + 3_600_000).toISOString(),
  };
}

export const inChart = (session: Session, patientId: string): PatientSession => ({ ...session, patientId });
