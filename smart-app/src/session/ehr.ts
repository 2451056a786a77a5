/**
 * The one door to the EHR. Reads time out and are tried again within bounds; writes are tried once, because what an
 * unanswered write did is not known until somebody looks. The token goes to the launch's FHIR base and nowhere else.
 */
import type { EhrFailure, EhrPort, EhrWrite, Resource, Written } from '@refloop/domain/fhir/ehr-port';
import { ok, type Result, refuse } from '@refloop/domain/result';
import type Client from 'fhirclient/lib/Client';
import { ehrUrl } from './ehr-url.ts';

const READ_MILLISECONDS = 10_000;
const WRITE_MILLISECONDS = 15_000;
const READ_TRIES = 3;
const WORTH_A_RETRY = new Set([429, 502, 503, 504]);

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** The first diagnostic of an OperationOutcome, shortened; no resource content. */
export function outcomeText(body: unknown): string {
  const issues = (body as { issue?: unknown } | null)?.issue;
  if (!Array.isArray(issues)) return '';
  const first = issues[0] as { diagnostics?: string; details?: { text?: string } } | undefined;
  return (first?.details?.text ?? first?.diagnostics ?? '').slice(0, 300);
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isResource = (body: unknown): body is Resource =>
  typeof body === 'object' && body !== null && typeof (body as Resource).resourceType === 'string';

/** `https://…/ServiceRequest/1/_history/2` (a Location header) as reference and version. */
export function readLocation(location: string | null): { reference: string; versionId: string | undefined } | undefined {
  const found = /([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/([A-Za-z0-9\-.]{1,64}))?\/?$/.exec(location ?? '');
  return found?.[1] ? { reference: found[1], versionId: found[2] } : undefined;
}

/** Whether the access has ended by the EHR's own word; without `expires_in` nobody knows. */
function isOver(client: Client): boolean {
  const { tokenResponse, expiresAt } = client.state;
  return Boolean(tokenResponse?.expires_in) && expiresAt !== undefined && Date.now() >= expiresAt * 1000;
}

type Send = { method?: 'POST' | 'PUT'; headers?: Record<string, string>; body?: string };

export function openEhr(client: Client): EhrPort {
  const base = client.state.serverUrl;

  async function send(url: string, init: Send, milliseconds: number): Promise<Result<Response, EhrFailure>> {
    try {
      await client.refreshIfNeeded({ signal: AbortSignal.timeout(READ_MILLISECONDS) });
    } catch {
      // The old token may still serve; the answer below says so.
    }
    const authorization = client.getAuthorizationHeader();
    if (!authorization) return refuse({ kind: 'signed-out' });
    try {
      const headers = { accept: 'application/fhir+json', ...init.headers, authorization };
      const response = await fetch(url, { ...init, headers, redirect: 'error', signal: AbortSignal.timeout(milliseconds) });
      return response.status === 401 ? refuse({ kind: 'signed-out' }) : ok(response);
    } catch (error) {
      const late = error instanceof DOMException && error.name === 'TimeoutError';
      // Several EHRs answer 401 without CORS headers, which a page cannot tell from a broken connection.
      if (!late && isOver(client)) return refuse({ kind: 'signed-out' });
      return refuse({ kind: 'no-answer', detail: late ? `No answer within ${milliseconds / 1000} seconds` : 'The connection failed' });
    }
  }

  async function get(path: string): Promise<Result<Resource, EhrFailure>> {
    const url = ehrUrl(base, path);
    if (!url) return refuse({ kind: 'elsewhere' });
    let last: EhrFailure = { kind: 'no-answer', detail: 'Not tried' };
    for (let attempt = 0; attempt < READ_TRIES; attempt += 1) {
      if (attempt > 0) await pause(300 * 3 ** attempt);
      const sent = await send(url, {}, READ_MILLISECONDS);
      if (!sent.ok) {
        if (sent.refusal.kind !== 'no-answer') return sent;
        last = sent.refusal;
        continue;
      }
      let body: unknown;
      try {
        body = await bodyOf(sent.value);
      } catch {
        last = { kind: 'no-answer', detail: 'The connection broke while the answer came' };
        continue;
      }
      if (sent.value.ok && isResource(body)) return ok(body);
      last = { kind: 'http', status: sent.value.status, detail: outcomeText(body) };
      if (!WORTH_A_RETRY.has(sent.value.status)) break;
    }
    return refuse(last);
  }

  async function write({ path, method, resource, ifMatch, ifNoneExist }: EhrWrite): Promise<Result<Written, EhrFailure>> {
    const url = ehrUrl(base, path);
    if (!url) return refuse({ kind: 'elsewhere' });
    const headers: Record<string, string> = { 'content-type': 'application/fhir+json', prefer: 'return=representation' };
    if (ifMatch !== undefined) headers['if-match'] = `W/"${ifMatch}"`;
    if (ifNoneExist !== undefined) headers['if-none-exist'] = ifNoneExist;
    const sent = await send(url, { method, headers, body: JSON.stringify(resource) }, WRITE_MILLISECONDS);
    if (!sent.ok) return sent;
    const response = sent.value;
    let body: unknown;
    try {
      body = await bodyOf(response);
    } catch {
      return refuse({ kind: 'no-answer', detail: 'The connection broke while the answer came' });
    }
    if (!response.ok) return refuse({ kind: 'http', status: response.status, detail: outcomeText(body) });
    const made = isResource(body) && body.resourceType === resource.resourceType ? body : undefined;
    const location = readLocation(response.headers.get('location') ?? response.headers.get('content-location'));
    const reference = made?.id ? `${made.resourceType}/${made.id}` : (location?.reference ?? (method === 'PUT' ? path : undefined));
    // Browsers often cannot see ETag and Location; the body's meta.versionId is what counts.
    return ok({ reference, versionId: made?.meta?.versionId ?? location?.versionId, resource: made });
  }

  return { base, get, write };
}
