/** One request to an EHR's Bulk Data server: with a token that is still good, again where the EHR was busy, and nowhere but where it may go. */
import type { Fetch } from '../sessions/ehr-request.ts';
import type { BulkHosts, Right } from './bulk-hosts.ts';

export type BulkDeps = {
  fetch: Fetch;
  /** @param fresh whether the one before was refused */
  token: (fresh: boolean) => Promise<string>;
  /** Waits; throws the reason of the signal. */
  pause: (milliseconds: number) => Promise<void>;
  now: () => Date;
  hosts: BulkHosts;
  signal?: AbortSignal;
};

/** Told to whoever runs the import: what the EHR did, never what it said. */
export class BulkExportFailed extends Error {}
/** The export is not there any more: it has to be asked for anew. */
export class BulkExportGone extends BulkExportFailed {}

const TRIES = 6;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
/** A day off does not keep an import waiting for ever. */
const LONGEST_RETRY_AFTER_MS = 300_000;
const BUSY = new Set([429, 502, 503, 504]);
/** Until the head of the answer; a file may take longer. */
const HEAD_MS = 60_000;

/** Milliseconds of a Retry-After in seconds or as a date; undefined where there is none. */
export function retryAfter(headers: Headers, now: Date): number | undefined {
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  const milliseconds = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - now.getTime();
  return Number.isNaN(milliseconds) ? undefined : Math.min(LONGEST_RETRY_AFTER_MS, Math.max(0, milliseconds));
}

/** Each longer than the last, and never two clients in step. */
export const backOff = (attempt: number): number => Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt) * (0.8 + Math.random() * 0.4);

/** Ends what has no head in time; the body may take as long as it does. */
async function withHead(deps: BulkDeps, ask: (signal: AbortSignal) => Promise<Response>): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), HEAD_MS);
  try {
    return await ask(deps.signal ? AbortSignal.any([deps.signal, late.signal]) : late.signal);
  } finally {
    clearTimeout(timer);
  }
}

const REFUSED = 'The EHR names an address that may not be used: but for files, all of an export lies where its FHIR base does.';

/** Names the origin alone: the rest of the address may be a secret. */
function refusedFile(url: string): string {
  const { protocol, origin } = URL.canParse(url) ? new URL(url) : { protocol: '', origin: '' };
  const words = 'The EHR names an address for a file that may not be used';
  if (protocol !== 'https:') return `${words}: it is not https.`;
  return `${words}: ${origin} is neither where its FHIR base is nor named by you. Add ${origin} to REFLOOP_BULK_FILE_ORIGINS if that is where the EHR keeps exports.`;
}

/**
 * Asks, with the token, and again where the EHR did not answer or was busy. Answers with any other status as it is.
 * Throws `BulkExportFailed` where the address may not be asked, or the EHR answers none of the tries.
 */
export function askBulk(deps: BulkDeps, url: string, init: RequestInit = {}): Promise<Response> {
  return askBy(deps, deps.hosts.rightTo(url), REFUSED, url, init);
}

/**
 * The same of a file, which may lie elsewhere.
 * @param requiresAccessToken as the manifest has it
 */
export function askFile(deps: BulkDeps, url: string, requiresAccessToken: boolean | undefined, init: RequestInit): Promise<Response> {
  return askBy(deps, deps.hosts.rightToFile(url, requiresAccessToken), refusedFile(url), url, init);
}

async function askBy(deps: BulkDeps, right: Right, refusal: string, url: string, init: RequestInit): Promise<Response> {
  if (right === 'refused') throw new BulkExportFailed(refusal);
  let why = '';
  let isRefused = false;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    deps.signal?.throwIfAborted();
    const headers = {
      accept: 'application/fhir+json',
      ...(init.headers as Record<string, string>),
      ...(right === 'signed-in' ? { authorization: `Bearer ${await deps.token(isRefused)}` } : {}),
    };
    try {
      const response = await withHead(deps, (signal) => deps.fetch(url, { ...init, headers, redirect: 'error', signal }));
      if (response.status === 401 && right === 'signed-in' && !isRefused) {
        isRefused = true;
        await response.body?.cancel();
        continue;
      }
      if (!BUSY.has(response.status)) return response;
      why = `it answered ${response.status}`;
      const after = retryAfter(response.headers, deps.now());
      await response.body?.cancel();
      await deps.pause(after ?? backOff(attempt));
    } catch {
      deps.signal?.throwIfAborted();
      why = 'it did not answer';
      await deps.pause(backOff(attempt));
    }
  }
  throw new BulkExportFailed(
    `The EHR could not be asked ${TRIES} times in a row: ${why}. Run the import again later; it goes on from here.`,
  );
}
