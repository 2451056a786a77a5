/** The EHR through Refloop's own access: reads within bounds and tried again, writes tried once, nothing beyond its FHIR base. */
import type { EhrFailure, EhrPort, Resource, Written } from '@refloop/domain/fhir/ehr-port';
import { ok, type Result, refuse } from '@refloop/domain/result';
import type { Fetch } from '../sessions/ehr-request.ts';

const READ_MS = 10_000;
const WRITE_MS = 15_000;
const READ_TRIES = 3;
const MOST_BYTES = 8 * 1024 * 1024;
const WORTH_A_RETRY = new Set([429, 502, 503, 504]);

const isResource = (body: unknown): body is Resource =>
  typeof body === 'object' && body !== null && typeof (body as Resource).resourceType === 'string';

/** The address below the base, or undefined where it would leave it: a token is never sent elsewhere. */
export function addressBelow(base: string, path: string): string | undefined {
  const root = base.endsWith('/') ? base : `${base}/`;
  if (!URL.canParse(path, root)) return undefined;
  const url = new URL(path, root);
  if (url.username !== '' || url.password !== '' || url.hash !== '') return undefined;
  const below = new URL(root).href;
  return url.href.startsWith(below) || url.href.startsWith(`${below.slice(0, -1)}?`) ? url.href : undefined;
}

async function jsonOf(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) throw new Error('The answer is too large');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `…/ServiceRequest/1/_history/2` of a Location header. */
function locationOf(headers: Headers): { reference: string; versionId: string | undefined } | undefined {
  const found = /([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/([A-Za-z0-9\-.]{1,64}))?\/?$/.exec(
    headers.get('location') ?? headers.get('content-location') ?? '',
  );
  return found?.[1] ? { reference: found[1], versionId: found[2] } : undefined;
}

export type SystemEhrDeps = { fetch: Fetch; pause: (milliseconds: number) => Promise<void> };

/** What an EHR says of a failure may hold a patient's data: only its status is kept. */
const statusOnly = (status: number): EhrFailure => ({ kind: 'http', status, detail: `The EHR answered with status ${status}.` });

export function systemEhr(base: string, accessToken: string, { fetch, pause }: SystemEhrDeps): EhrPort {
  const send = async (
    url: string,
    init: RequestInit,
    milliseconds: number,
  ): Promise<Result<{ response: Response; body: unknown }, EhrFailure>> => {
    try {
      const headers = {
        accept: 'application/fhir+json',
        ...(init.headers as Record<string, string>),
        authorization: `Bearer ${accessToken}`,
      };
      const response = await fetch(url, { ...init, headers, redirect: 'error', signal: AbortSignal.timeout(milliseconds) });
      if (response.status === 401) return refuse({ kind: 'signed-out' });
      return ok({ response, body: await jsonOf(response) });
    } catch {
      return refuse({ kind: 'no-answer', detail: 'The EHR did not answer.' });
    }
  };

  return {
    base,
    get: async (path) => {
      const url = addressBelow(base, path);
      if (url === undefined) return refuse({ kind: 'elsewhere' });
      let last: EhrFailure = { kind: 'no-answer', detail: 'Not tried' };
      for (let attempt = 0; attempt < READ_TRIES; attempt += 1) {
        if (attempt > 0) await pause(300 * 3 ** attempt * (0.8 + Math.random() * 0.4));
        const sent = await send(url, { method: 'GET' }, READ_MS);
        if (!sent.ok) {
          if (sent.refusal.kind !== 'no-answer') return sent;
          last = sent.refusal;
          continue;
        }
        const { response, body } = sent.value;
        if (response.ok && isResource(body)) return ok(body);
        last = statusOnly(response.status);
        if (!WORTH_A_RETRY.has(response.status)) break;
      }
      return refuse(last);
    },
    write: async ({ path, method, resource, ifMatch, ifNoneExist }): Promise<Result<Written, EhrFailure>> => {
      const url = addressBelow(base, path);
      if (url === undefined) return refuse({ kind: 'elsewhere' });
      const headers: Record<string, string> = { 'content-type': 'application/fhir+json', prefer: 'return=representation' };
      if (ifMatch !== undefined) headers['if-match'] = `W/"${ifMatch}"`;
      if (ifNoneExist !== undefined) headers['if-none-exist'] = ifNoneExist;
      const sent = await send(url, { method, headers, body: JSON.stringify(resource) }, WRITE_MS);
      if (!sent.ok) return sent;
      const { response, body } = sent.value;
      if (!response.ok) return refuse(statusOnly(response.status));
      const made = isResource(body) && body.resourceType === resource.resourceType ? body : undefined;
      const location = locationOf(response.headers);
      const reference = made?.id ? `${made.resourceType}/${made.id}` : (location?.reference ?? (method === 'PUT' ? path : undefined));
      return ok({ reference, versionId: made?.meta?.versionId ?? location?.versionId, resource: made });
    },
  };
}
