/** Opening a session: the EHR registered, the person proven, the patient proven, the id_token used once. */
import { type Session as OpenedSession, type OpenSession, ROLES, type Role } from '../client/session.ts';
import { rolesOf } from '../grants/roles.ts';
import { problem, type Refusal, Refused } from '../problem.ts';
import { findSite, type Site, scopeOf } from '../sites.ts';
import type { Store } from '../store/store.ts';
import type { Discovery } from './discovery.ts';
import type { Fetch } from './ehr-request.ts';
import { type SignedIn, verifyIdToken } from './id-token.ts';
import { type Asked, readUserName, refuseUnprovenPatient } from './patient-proof.ts';
import type { SessionTimes } from './session.ts';
import { digest, newToken } from './token.ts';

export type OpenSessionDeps = {
  store: Store;
  sites: Site[];
  discovery: Discovery;
  fetch: Fetch;
  idleSeconds: number;
  warnSeconds: number;
};

/** Longest life: one working shift. The EHR's own access ends within the hour, and then the chart is opened again anyhow. */
const LIFE_MS = 8 * 60 * 60 * 1000;

/**
 * What a used id_token is remembered by: header and claims, the part the signature covers. The signature itself can be
 * spelled in several valid ways (spare bits of base64url, the second form of an ECDSA signature).
 */
const signedPart = (idToken: string): string => idToken.slice(0, idToken.lastIndexOf('.'));

type Proven = { signedIn: SignedIn; name: string };

async function prove(deps: OpenSessionDeps, site: Site, given: OpenSession, machineTime: Date): Promise<Proven | Refusal> {
  const verified = await verifyIdToken(deps.discovery, site, given.idToken, machineTime);
  if (!verified.ok) return verified.refusal;
  const discovered = await deps.discovery.of(site);
  if (!discovered.ok) return discovered.refusal;
  const asked: Asked = { fetch: deps.fetch, site, discovered: discovered.value, accessToken: given.accessToken };
  const { subject, fhirUser } = verified.value;
  const [unproven, name] = await Promise.all([
    given.patient === undefined ? undefined : refuseUnprovenPatient(asked, subject, given.patient),
    readUserName(asked, fhirUser),
  ]);
  return unproven ?? { signedIn: verified.value, name: name ?? subject };
}

async function record(
  deps: OpenSessionDeps,
  site: Site,
  proven: Proven,
  given: OpenSession,
  { now, machineTime }: SessionTimes,
): Promise<OpenedSession> {
  const token = newToken();
  const tokenHash = digest(token);
  const { subject, fhirUser, usableUntil } = proven.signedIn;
  const startedAt = machineTime.toISOString();
  const expiresAt = new Date(machineTime.getTime() + LIFE_MS).toISOString();
  const patientId = given.patient ?? null;
  let roles: Role[] = [];
  await deps.store.transaction(scopeOf(site), async (unit) => {
    if (!(await unit.usedIdTokens.claim(digest(signedPart(given.idToken)), usableUntil.toISOString(), startedAt))) {
      throw new Refused(problem('id-token-refused', 'This sign-in was used before. Open Refloop from the chart again.'));
    }
    roles = rolesOf(site, fhirUser, await unit.grants.get(subject));
    if (roles.length === 0) {
      throw new Refused(problem('not-allowed', 'Your access to Refloop was taken away by an administrator of your site.'));
    }
    await unit.sessions.insert({
      tokenHash,
      subject,
      fhirUser,
      name: proven.name,
      patientId,
      startedAt,
      lastActivity: startedAt,
      expiresAt,
    });
    await unit.audit.append({
      at: now.toISOString(),
      actor: { subject, fhirUser, sessionId: tokenHash },
      action: 'session.opened',
      purpose: 'TREAT',
      ...(patientId === null ? {} : { patientId }),
      payload: { roles, withPatient: patientId !== null },
    });
  });
  return {
    token,
    expiresAt,
    idleSeconds: deps.idleSeconds,
    warnSeconds: deps.warnSeconds,
    user: { fhirUser, subject, name: proven.name },
    roles: ROLES.filter((role) => roles.includes(role)),
    site: site.name,
    patient: patientId,
  };
}

/** Failed sign-ins belong in the audit too (45 CFR 164.312(b)); who it was is not known, only where and why. */
async function recordRefusal(deps: OpenSessionDeps, site: Site, refusal: Refusal, now: Date): Promise<void> {
  await deps.store.transaction(scopeOf(site), (unit) =>
    unit.audit.append({
      at: now.toISOString(),
      actor: { subject: 'unknown', fhirUser: null, sessionId: null },
      action: 'session.refused',
      purpose: 'HCOMPL',
      payload: { why: refusal.refused, detail: refusal.detail },
    }),
  );
}

/** Opens a session or says why not. Nothing is asked of an EHR that is not registered. */
export async function openSession(deps: OpenSessionDeps, given: OpenSession, times: SessionTimes): Promise<OpenedSession | Refusal> {
  const { now, machineTime } = times;
  const site = findSite(deps.sites, given.iss);
  if (!site) {
    const fix = 'Your administrator adds it to the site file (REFLOOP_SITES), spelled exactly as the EHR sends it.';
    return problem('unknown-issuer', `Refloop does not serve the EHR at this address. ${fix}`, [
      { field: 'iss', message: 'Not registered', fix },
    ]);
  }
  const proven = await prove(deps, site, given, machineTime);
  if ('refused' in proven) {
    await recordRefusal(deps, site, proven, now);
    return proven;
  }
  try {
    return await record(deps, site, proven, given, times);
  } catch (error) {
    if (error instanceof Refused) await recordRefusal(deps, site, error.refusal, now);
    throw error;
  }
}
