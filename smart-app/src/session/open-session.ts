/** Opens Refloop's own session for a launch, once: an id_token opens one, so a page that tries again uses the one it has. */
import { ok, type Result, refuse } from '@refloop/domain/result';
import type { OpenSession, Session } from '@refloop/server/client/session';
import { type Api, type ApiFailure, isProblem, openApi } from './api.ts';
import type { Failure } from './failure.ts';
import type { LaunchContext } from './launch-context.ts';

/** `fhirUser` as the id_token claims it, not proven: only for the words of a refusal. */
export type Opening = { accessToken: string; reloaded: boolean; fhirUser: string };
export type OpenedSession = { session: Session; api: Api };

const opened = new Map<string, OpenedSession>();

function sessionFailure(failure: ApiFailure, { reloaded, fhirUser }: Opening): Failure {
  if (failure.kind === 'unreachable') return { kind: 'api-unreachable' };
  if (failure.kind === 'session-ended') return { kind: 'session-ended', why: failure.why };
  const { problem } = failure;
  if (reloaded) return { kind: 'session-ended', why: 'reloaded' };
  if (isProblem(failure, 'not-allowed') && !/\b(Practitioner|PractitionerRole)\//.test(fhirUser)) {
    return { kind: 'not-a-practitioner', reference: problem.reference };
  }
  if (isProblem(failure, 'another-patient')) return { kind: 'wrong-patient', where: 'The session' };
  return { kind: 'refused', title: problem.title, detail: problem.detail, reference: problem.reference };
}

/** @param onAnotherPatient called when the server later finds that a request names another patient than the session's */
export async function openSession(
  context: LaunchContext,
  opening: Opening,
  onAnotherPatient: () => void,
): Promise<Result<OpenedSession, Failure>> {
  const there = opened.get(context.key);
  if (there) return ok(there);
  if (!context.idToken) return refuse({ kind: 'scope-missing', scopes: ['openid', 'fhirUser'] });
  const body: OpenSession = {
    iss: context.iss,
    idToken: context.idToken,
    accessToken: opening.accessToken,
    ...(context.patient ? { patient: context.patient } : {}),
  };
  const api = openApi(onAnotherPatient);
  const answered = await api.call<Session>('/sessions', { method: 'POST', body });
  if (!answered.ok) return refuse(sessionFailure(answered.refusal, opening));
  if (answered.value.patient !== (context.patient ?? null)) return refuse({ kind: 'wrong-patient', where: 'The session' });
  api.useSession(answered.value.token);
  const made = { session: answered.value, api };
  opened.set(context.key, made);
  return ok(made);
}
