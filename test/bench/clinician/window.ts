/** One window of the app: what it asks the EHR and Refloop, each request timed, nothing sent twice without being counted. */
import type { EhrPort } from '@refloop/domain/fhir/ehr-port';
import type { Session } from '@refloop/server/client/session';
import { systemEhr } from '@refloop/server/ehr/system-ehr';
import { pause } from '../figures.ts';
import { good, type Launched, type Places, StepFailed } from './launch.ts';
import type { StepTimes } from './step-times.ts';

export type Window = {
  places: Places;
  launched: Launched;
  /** Opened while the page reads patient and order, as the app does. */
  session: Promise<Session>;
  patientId: string;
  ehr: EhrPort;
  times: StepTimes;
  /** A refusal of any kind is an error: nothing that a clinician does here is refused. */
  call: <Answer>(step: string, method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) => Promise<Answer>;
};

const API_PATIENCE_MS = 30_000;

/** Reads are steps of their own; what an EHR answers a page with 5xx or not at all is an error, what it refuses by its mode is not. */
const timedEhr = (launched: Launched, times: StepTimes): EhrPort =>
  systemEhr(launched.context.iss, launched.accessToken, {
    pause,
    fetch: (url, init) =>
      times.time(init.method === 'GET' ? 'EHR: one read or search' : 'EHR: one write', async () => {
        const answer = await fetch(url, init);
        // Whole, so that the time is that of the answer and not of its head.
        const body = await answer.arrayBuffer();
        if (answer.status >= 500 || answer.status === 429) throw new StepFailed(`answered with ${answer.status}`);
        return new Response(body.byteLength > 0 ? body : null, { status: answer.status, headers: answer.headers });
      }),
  });

export function openWindow(places: Places, launched: Launched, times: StepTimes): Window {
  const { context, accessToken } = launched;
  const ask = async (method: string, path: string, token: string | undefined, body: unknown): Promise<unknown> =>
    good(
      `${method} ${path.replace(/[0-9A-Z]{26}/g, '…')}`,
      await fetch(`${places.refloop}${path}`, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        signal: AbortSignal.timeout(API_PATIENCE_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
  const opening = { iss: context.iss, idToken: context.idToken, accessToken, patient: context.patient };
  const session = times.time('POST /sessions', () => ask('POST', '/sessions', undefined, opening)) as Promise<Session>;
  return {
    places,
    launched,
    session,
    patientId: context.patient ?? '',
    ehr: timedEhr(launched, times),
    times,
    call: async <Answer>(step: string, method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) => {
      const { token } = await session;
      return times.time(step, () => ask(method, path, token, body) as Promise<Answer>);
    },
  };
}
