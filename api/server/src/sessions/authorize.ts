/** Whether a request may reach its route: the session runs, the role is granted now, the patient is in context. */
import type { AdmittedClient, CdsAdmission } from '../cds/admission.ts';
import { rolesOf } from '../grants/roles.ts';
import { type ProblemKind, problem, type Refusal } from '../problem.ts';
import type { RateLimits } from '../rate-limits/rate-limits.ts';
import type { Access } from '../routes/route.ts';
import { findSite, type Site } from '../sites.ts';
import type { StoredSession } from '../store/sessions.ts';
import type { Store } from '../store/store.ts';
import type { Session } from './session.ts';
import { actorOf } from './session.ts';
import { bearerDigest } from './token.ts';

export type AuthorizeDeps = {
  store: Store;
  sites: Site[];
  idleSeconds: number;
  /** Of what is put on record. */
  now: () => Date;
  /** By which sessions and tokens end: nobody moves it. `now` unless told. */
  machineTime?: () => Date;
  /** Without them nobody is counted (tests of the API). */
  limits?: RateLimits;
  /** Without it no CDS client is let in. */
  admitCdsClient?: CdsAdmission;
};

export type Admission = { ok: true; session: Session | undefined; cdsClient?: AdmittedClient } | { ok: false; refusal: Refusal };

/** By which whatever protects a session or a token counts. */
export const machineTimeOf = ({ now, machineTime = now }: Pick<AuthorizeDeps, 'now' | 'machineTime'>): Date => machineTime();

const SIGN_IN = 'Open Refloop from the chart again; your draft is kept.';

/** Why a stored session runs no more, or undefined while it does. */
function endOf(session: StoredSession, machineTime: Date, idleSeconds: number): Refusal | undefined {
  if (session.endedAt !== null) return problem('session-ended', `You signed out. ${SIGN_IN}`);
  if (Date.parse(session.expiresAt) <= machineTime.getTime())
    return problem('session-ended', `The session reached its longest life. ${SIGN_IN}`);
  if (Date.parse(session.lastActivity) + idleSeconds * 1000 <= machineTime.getTime()) {
    return problem('session-idle', `Nobody used this page for ${Math.round(idleSeconds / 60)} minutes. ${SIGN_IN}`);
  }
  return undefined;
}

function ruleBroken(session: Session, access: Extract<Access, { kind: 'session' }>): Refusal | undefined {
  if (!access.roles.some((role) => session.roles.includes(role))) {
    const detail = `This is for ${access.roles.join(', ')}. An administrator of Refloop at your site can grant it.`;
    return problem('not-allowed', detail);
  }
  if (access.patientBound && session.patientId === null) {
    return problem('no-patient', 'Open a patient’s chart and start Refloop from there.');
  }
  return undefined;
}

const refuse = (refusal: Refusal): Admission => ({ ok: false, refusal });

async function admitCdsClient(deps: AuthorizeDeps, header: string | undefined, path: string): Promise<Admission> {
  const admitted = await deps.admitCdsClient?.(header, path, machineTimeOf(deps));
  if (!admitted) return refuse(problem('client-refused', 'No CDS client is registered here.'));
  return admitted.ok ? { ok: true, session: undefined, cdsClient: admitted.value } : admitted;
}

export type Asked = {
  /** The Authorization header. */
  header: string | undefined;
  /** `post /approvals`, for the audit. */
  routeName: string;
  /** As it was called, without the query: what a CDS client's token is for. */
  path: string;
};

/** Reads who asks from the header and holds it against the rule; a refusal of a known person is audited. */
export async function authorize(deps: AuthorizeDeps, access: Access, { header, routeName, path }: Asked): Promise<Admission> {
  if (access.kind === 'public') return { ok: true, session: undefined };
  if (access.kind === 'cds-client') return admitCdsClient(deps, header, path);
  const tokenHash = bearerDigest(header);
  if (tokenHash === undefined) return refuse(problem('session-required', `Send the session’s token as Authorization: Bearer. ${SIGN_IN}`));
  const found = await deps.store.findSession(tokenHash);
  if (!found) return refuse(problem('session-required', `This session is not known here. ${SIGN_IN}`));
  const ended = endOf(found.session, machineTimeOf(deps), deps.idleSeconds);
  const site = findSite(deps.sites, found.session.scope.issuer);
  if (ended || !site || site.tenant !== found.session.scope.tenant) {
    deps.limits?.forget(tokenHash);
    return refuse(ended ?? problem('session-ended', 'This EHR is no longer registered with Refloop.'));
  }
  const { scope, subject, fhirUser, name, patientId, startedAt, lastActivity, expiresAt } = found.session;
  const roles = rolesOf(site, fhirUser, found.grant);
  const session: Session = { scope, subject, fhirUser, name, roles, patientId, sessionId: tokenHash, startedAt, lastActivity, expiresAt };
  // Before anything is refused by a rule, since each such refusal is written into the audit.
  deps.limits?.know(tokenHash);
  const limited = deps.limits?.take('user', `${scope.tenant} ${scope.issuer} ${subject}`);
  if (limited) return refuse(limited);
  const broken = ruleBroken(session, access);
  if (!broken) return { ok: true, session };
  await recordRefusal(deps, session, routeName, broken);
  return refuse(broken);
}

/**
 * Kinds that say that something is not for this person, or not there for them. Whoever looks for what is another's is answered as if it
 * did not exist, so that is among them; the record tells the two apart no more than the answer does.
 */
const OF_ACCESS: ReadonlySet<ProblemKind> = new Set(['not-allowed', 'no-patient', 'another-patient', 'not-found', 'pended']);

export const isOfAccess = ({ refused }: Refusal): boolean => OF_ACCESS.has(refused);

/** Puts a refusal of a known person on record: by a rule before the route, or by the route for what is not theirs. */
export async function recordRefusal(
  deps: Pick<AuthorizeDeps, 'store' | 'now'>,
  session: Session,
  routeName: string,
  refusal: Refusal,
): Promise<void> {
  await deps.store.transaction(session.scope, (unit) =>
    unit.audit.append({
      at: deps.now().toISOString(),
      actor: actorOf(session),
      action: 'access.refused',
      purpose: 'HCOMPL',
      ...(session.patientId === null ? {} : { patientId: session.patientId }),
      payload: { route: routeName, why: refusal.refused },
    }),
  );
}
