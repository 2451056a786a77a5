/** The faults of a launch or of a backend service as they show on its FHIR requests: late, refused, cut, or cut off. Which and how often: modes/faults.ts. */
import type { MiddlewareHandler } from 'hono';
import type pg from 'pg';
import type { AuthorizationServer } from '../auth/authorization-server.ts';
import { fires } from '../auth/faults.ts';
import { accessContextOf } from '../auth/token-status.ts';
import { bearerToken, type FhirCall } from '../fhir/app.ts';
import { operationOutcome } from '../fhir/fhir-error.ts';
import {
  type FaultName,
  type FaultStep,
  faultAt,
  faultsAt,
  LATE_WRITE_MILLISECONDS,
  LATENCY_MILLISECONDS,
  RETRY_AFTER_SECONDS,
  SLOW_ANSWER_MILLISECONDS,
} from '../modes/faults.ts';
import { cutOff, dropConnection } from './dropped-connection.ts';

const FHIR_JSON = 'application/fhir+json; charset=utf-8';

function outcome({ context }: FhirCall, status: 429 | 500 | 503, text: string): Response {
  const code = status === 429 ? 'throttled' : status === 503 ? 'transient' : 'exception';
  if (status !== 500) context.header('Retry-After', String(RETRY_AFTER_SECONDS));
  context.header('Cache-Control', 'no-store');
  return context.body(JSON.stringify(operationOutcome([{ code, text }])), status, { 'Content-Type': FHIR_JSON });
}

/** The answer with the second half of its body missing. */
async function cut({ context }: FhirCall, response: Response): Promise<Response> {
  const text = await response.text();
  return context.body(text.slice(0, Math.ceil(text.length / 2)), response.status as 200, Object.fromEntries(response.headers));
}

export type FaultOptions = { pool: pg.Pool; wait: (milliseconds: number) => Promise<void> };

/** Answers a FHIR request whose token has faults; one without is answered as ever. */
export async function withFaults({ pool, wait }: FaultOptions, call: FhirCall): Promise<Response> {
  const { faults } = call.access;
  if (!faults) return call.answer();
  const has = (name: FaultName): boolean => faults.names.includes(name);
  const counted = async (step: FaultStep): Promise<FaultName | undefined> => {
    for (const fault of faultsAt(step, faults.names)) if (await fires(pool, faults.owner, fault)) return fault;
    return undefined;
  };

  if (has('down')) return dropConnection(call.context);
  if (has('latency')) await wait(LATENCY_MILLISECONDS);
  if ((await counted('first-requests')) === 'rate_limited') return outcome(call, 429, 'Too many requests. Wait, then repeat the request.');
  if (!call.isWrite) return call.answer();
  if ((await counted('first-writes')) === 'unavailable')
    return outcome(call, 503, 'The chart takes no changes at the moment. Try again later.');
  if (faultAt('write', faults.names) === 'server_error') return outcome(call, 500, 'The server failed on this request.');
  if (has('late_write')) {
    const status = await call.rehearse();
    if ((await counted('first-writable')) === 'late_write') {
      void wait(LATE_WRITE_MILLISECONDS).then(call.perform);
      // Neither Location nor ETag: nothing is there yet that they could name.
      return cutOff(call.context, status, new Headers({ 'Content-Type': FHIR_JSON, 'Cache-Control': 'no-store' }), '{');
    }
  }
  const response = await call.answer();
  if (has('slow_writes')) await wait(SLOW_ANSWER_MILLISECONDS);
  if (!response.ok) return response;
  const fault = await counted('first-written');
  if (fault === 'malformed_json') return cut(call, response);
  if (fault !== 'dropped_after_write') return response;
  return cutOff(call.context, response.status, response.headers, (await response.text()).slice(0, 40));
}

/** What needs no token but is asked with one (metadata, discovery): an EHR that is down does not answer that either. */
export const silentWhenDown =
  (server: AuthorizationServer): MiddlewareHandler =>
  async (context, next) => {
    const token = bearerToken(context);
    const access = token === undefined ? undefined : await accessContextOf(server, token);
    return access?.faults?.names.includes('down') ? dropConnection(context) : next();
  };
