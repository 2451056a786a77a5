/** The faults of a launch or of a backend service as they show on its FHIR requests: late, refused, cut, or cut off. Which and how often: modes/faults.ts. */
import type { IncomingMessage } from 'node:http';
import type pg from 'pg';
import { fires } from '../auth/faults.ts';
import type { FhirCall } from '../fhir/app.ts';
import { operationOutcome } from '../fhir/fhir-error.ts';
import { type FaultName, type FaultStep, faultAt, faultsAt, LATENCY_MILLISECONDS, RETRY_AFTER_SECONDS } from '../modes/faults.ts';

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

/**
 * The answer's head and the beginning of its body, and then the connection ends. It ends after the head because a browser that gets
 * nothing at all on a connection it used before may repeat the request by itself, POST too, and the app never learns of either.
 * Where there is no connection (a test that calls the application itself), reading the body fails.
 */
async function cutOff({ context }: FhirCall, response: Response): Promise<Response> {
  const { incoming } = (context.env ?? {}) as { incoming?: IncomingMessage };
  const beginning = (await response.text()).slice(0, 40);
  const body = new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(new TextEncoder().encode(beginning)),
      pull: async (controller) => {
        if (!incoming) return controller.error(new Error('The connection was dropped.'));
        // What is written leaves the process first.
        await new Promise((done) => setTimeout(done, 50));
        incoming.socket.destroy();
      },
    },
    { highWaterMark: 0 },
  );
  return context.body(body, response.status as 200, Object.fromEntries(response.headers));
}

/** Answers a FHIR request whose token has faults; one without is answered as ever. */
export async function withFaults(
  { pool, wait }: { pool: pg.Pool; wait: (milliseconds: number) => Promise<void> },
  call: FhirCall,
  answer: () => Promise<Response>,
): Promise<Response> {
  const { faults } = call.access;
  if (!faults) return answer();
  const counted = async (step: FaultStep): Promise<FaultName | undefined> => {
    for (const fault of faultsAt(step, faults.names)) if (await fires(pool, faults.owner, fault)) return fault;
    return undefined;
  };

  if (faults.names.includes('latency')) await wait(LATENCY_MILLISECONDS);
  if ((await counted('first-requests')) === 'rate_limited') return outcome(call, 429, 'Too many requests. Wait, then repeat the request.');
  if (!call.isWrite) return answer();
  if ((await counted('first-writes')) === 'unavailable')
    return outcome(call, 503, 'The chart takes no changes at the moment. Try again later.');
  if (faultAt('write', faults.names) === 'server_error') return outcome(call, 500, 'The server failed on this request.');
  const response = await answer();
  if (!response.ok) return response;
  const fault = await counted('first-written');
  if (fault === 'malformed_json') return cut(call, response);
  return fault === 'dropped_after_write' ? cutOff(call, response) : response;
}
