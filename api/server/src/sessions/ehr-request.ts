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

/**
 * Asks, and asks again where the EHR was not reached or answered 5xx. Only for questions that change nothing.
 * A redirect is followed only where no token goes along: the place it names was never allowed one.
 */
export async function askEhr(
  fetch: Fetch,
  url: string,
  options: { accessToken?: string; form?: Record<string, string>; tries?: number } = {},
): Promise<EhrAnswer> {
  const secret = options.accessToken !== undefined || options.form !== undefined;
  const init: RequestInit = {
    method: options.form ? 'POST' : 'GET',
    redirect: secret ? 'error' : 'follow',
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
      const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (response.status < 500) {
        const json = response.ok ? await readJson(response) : await response.body?.cancel();
        return { kind: 'answered', status: response.status, json };
      }
      await response.body?.cancel();
      why = `it answered ${response.status}`;
    } catch (error) {
      why = wordFor(error);
    }
  }
  return { kind: 'unreachable', why };
}
