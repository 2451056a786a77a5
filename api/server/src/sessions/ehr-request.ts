/** One question to an EHR: within a time, a size and a number of tries, and without ever passing a token on. */

/** The part of `fetch` that is used; tests hand in their own. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export type EhrAnswer =
  | { kind: 'answered'; status: number; json: unknown }
  /** No answer that can be used: not reached, too slow, too large, not JSON, or 5xx on every try. */
  | { kind: 'unreachable'; why: string };

const TIMEOUT_MS = 5000;
const TRIES = 3;
const MOST_BYTES = 2 * 1024 * 1024;
const MOST_REDIRECTS = 3;

const pause = (attempt: number): Promise<void> => new Promise((done) => setTimeout(done, 200 * 2 ** attempt));

async function readJson(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) throw new Error('the answer is larger than 2 MiB');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : JSON.parse(text);
}

/** What may be told of a failed request: a code or a word of ours, never a URL or a body. */
function wordFor(error: unknown): string {
  const code = (error as { cause?: { code?: unknown } } | null)?.cause?.code;
  if (typeof code === 'string' && /^[A-Z0-9_]{3,40}$/.test(code)) return code;
  if (error instanceof SyntaxError) return 'the answer is not JSON';
  return error instanceof Error && error.name === 'TimeoutError' ? 'no answer within 5 seconds' : 'the connection failed';
}

export type EhrQuestion = {
  accessToken?: string;
  form?: Record<string, string>;
  /** Whether a redirect to this address may be followed; none is unless told. */
  mayFollow?: (url: string) => boolean;
  /** Three unless told. */
  tries?: number;
  /** Whether what a refusal says is read, as the error codes of RFC 6749 §5.2. */
  readsRefusal?: boolean;
  /** How long each try may take; five seconds unless told. */
  timeoutMs?: number;
};

class Elsewhere extends Error {}

/** Follows what may be followed: each address on the way is looked at before anything is asked of it. */
async function follow(
  fetch: Fetch,
  url: string,
  init: RequestInit,
  mayFollow: (url: string) => boolean,
  timeoutMs: number,
): Promise<Response> {
  let from = url;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
    const response = await fetch(from, { ...init, signal: AbortSignal.timeout(timeoutMs) });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) return response;
    await response.body?.cancel();
    const to = URL.canParse(location, from) ? new URL(location, from).href : '';
    if (!mayFollow(to)) break;
    from = to;
  }
  throw new Elsewhere();
}

/** Undefined where nobody wants it, and where it cannot be read. */
async function refusalOf(response: Response, { readsRefusal }: EhrQuestion): Promise<unknown> {
  return readsRefusal ? readJson(response).catch(() => undefined) : response.body?.cancel();
}

/**
 * Asks, and asks again where the EHR was not reached or answered 5xx. Only for questions that change nothing.
 * A redirect is followed only where no token goes along, since the place it names was never allowed one, and only where `mayFollow`
 * says so.
 */
export async function askEhr(fetch: Fetch, url: string, options: EhrQuestion = {}): Promise<EhrAnswer> {
  const secret = options.accessToken !== undefined || options.form !== undefined;
  const init: RequestInit = {
    method: options.form ? 'POST' : 'GET',
    redirect: secret ? 'error' : 'manual',
    headers: {
      accept: options.form ? 'application/json' : 'application/fhir+json, application/json',
      ...(options.accessToken === undefined ? {} : { authorization: `Bearer ${options.accessToken}` }),
    },
    ...(options.form === undefined ? {} : { body: new URLSearchParams(options.form) }),
  };
  let why = '';
  for (let attempt = 0; attempt < (options.tries ?? TRIES); attempt += 1) {
    if (attempt > 0) await pause(attempt - 1);
    try {
      const response = await follow(fetch, url, init, options.mayFollow ?? (() => false), options.timeoutMs ?? TIMEOUT_MS);
      if (response.status < 500) {
        const json = response.ok ? await readJson(response) : await refusalOf(response, options);
        return { kind: 'answered', status: response.status, json };
      }
      await response.body?.cancel();
      why = `it answered ${response.status}`;
    } catch (error) {
      if (error instanceof Elsewhere) return { kind: 'unreachable', why: 'it sends us to an address that may not be used' };
      why = wordFor(error);
    }
  }
  return { kind: 'unreachable', why };
}
