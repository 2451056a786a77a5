/** The app's side of Refloop's own API: same origin, Bearer session, problem details on refusal. */
import { ok, type Result, refuse } from '@refloop/domain/result';
import type { Problem } from '@refloop/server/client/session';
import { hearTime } from '../words/practice-time.ts';

export type ApiFailure =
  /** The server answered and refused; `type` ends in the problem's name. */
  { kind: 'problem'; problem: Problem } | { kind: 'unreachable' } | { kind: 'session-ended'; why: 'idle' | 'expired' };

export type ApiCall = { method?: 'GET' | 'POST' | 'PUT' | 'DELETE'; body?: unknown; keepalive?: boolean; milliseconds?: number } & {
  /** In place of a JSON body: a file as it is, with what lets it in. */
  upload?: { file: Blob; type: string; bearer: string };
};

export type Api = {
  call<Answer>(path: string, call?: ApiCall): Promise<Result<Answer, ApiFailure>>;
  /** A file, read with the session's token: its address alone opens nothing. */
  file(path: string, call?: ApiCall): Promise<Result<Blob, ApiFailure>>;
  /** Held in memory only. */
  useSession(token: string | undefined): void;
};

/** Same question, same answer: these may be sent again when no answer came. Approvals carry an idempotency key. */
const REPEATABLE = (path: string, method: string): boolean =>
  method === 'GET' || method === 'PUT' || path === '/match' || path === '/directory/search' || path === '/approvals';

const TRIES = 3;
/** A wait that the server asks for and that a person still sits through. */
const LONGEST_WAIT_MILLISECONDS = 10_000;
const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** @returns whether the refusal is the named one, e.g. `order-changed` */
export const isProblem = (failure: ApiFailure, name: string): boolean =>
  failure.kind === 'problem' && failure.problem.type.split(/[/#:]/).at(-1) === name;

/** @returns the referral that a refusal tells of, where this person may read it */
export const referralTold = (failure: ApiFailure): string | undefined =>
  failure.kind === 'problem' ? failure.problem.referralId : undefined;

/** Too much was asked at once and nothing was done: to be tried again a little later. */
export const isBusy = (failure: ApiFailure): boolean => isProblem(failure, 'too-many-requests');

/** What Retry-After asks for, where it is short enough to wait for. */
function waitOf(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return seconds >= 0 && seconds * 1000 <= LONGEST_WAIT_MILLISECONDS ? seconds * 1000 : undefined;
}

const asSentence = (words: string): string => (words === '' || /[.!?…]$/.test(words) ? words : `${words}.`);

/** One sentence for the person: what was refused, the fix where the server names one, and the reference to quote. */
export function failureText(failure: ApiFailure): string {
  switch (failure.kind) {
    case 'unreachable':
      return 'Refloop’s server does not answer.';
    case 'session-ended':
      return 'The session has ended.';
    case 'problem': {
      const { detail, title, errors, reference } = failure.problem;
      const fixes = (errors ?? [])
        .flatMap(({ message, fix }) => [message, fix ?? ''])
        .map(asSentence)
        .filter(Boolean)
        .join(' ');
      return `${detail || title}${fixes ? ` ${fixes}` : ''} (reference ${reference})`;
    }
  }
}

/** Of what changes something: nobody answered, and it may be done all the same. Where it was, a second press finds it or is refused. */
const NOT_KNOWN = 'Refloop’s server does not answer. Whether this was done is not known; pressing again is safe and does it once at most.';

/** @param notDone what is told where it was refused, as `Not sent.` */
export const notDoneText = (notDone: string, failure: ApiFailure): string =>
  failure.kind === 'unreachable' ? NOT_KNOWN : `${notDone} ${failureText(failure)}`;

function problemOf(status: number, body: unknown): Problem {
  const given = typeof body === 'object' && body !== null ? (body as Partial<Problem>) : {};
  return {
    type: given.type ?? 'about:blank',
    title: given.title ?? 'The server refused this',
    status,
    detail: given.detail ?? `The server answered with status ${status}.`,
    reference: given.reference ?? 'none',
    ...(given.errors ? { errors: given.errors } : {}),
    ...(given.tries ? { tries: given.tries } : {}),
    ...(given.referralId ? { referralId: given.referralId } : {}),
  };
}

/** @param onAnotherPatient called when the server refuses a request for naming another patient than the session's */
export function openApi(onAnotherPatient?: () => void): Api {
  let token: string | undefined;

  async function once(
    path: string,
    { method = 'GET', body, upload, keepalive = false, milliseconds = 15_000 }: ApiCall,
  ): Promise<Response> {
    const headers: Record<string, string> = { accept: 'application/json, */*' };
    if (token) headers['authorization'] = `Bearer ${token}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (upload) {
      headers['content-type'] = upload.type;
      headers['authorization'] = `Bearer ${upload.bearer}`;
    }
    const response = await fetch(path, {
      method,
      headers,
      keepalive,
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(milliseconds),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(upload ? { body: upload.file } : {}),
    });
    hearTime(response.headers.get('refloop-time'));
    return response;
  }

  async function jsonOf(response: Response): Promise<unknown> {
    const text = await response.text();
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  }

  async function ask<Answer>(
    path: string,
    options: ApiCall,
    read: (response: Response) => Promise<Answer>,
  ): Promise<Result<Answer, ApiFailure>> {
    let tries = REPEATABLE(path, options.method ?? 'GET') ? TRIES : 1;
    let told: number | undefined;
    for (let attempt = 0; attempt < tries; attempt += 1) {
      if (attempt > 0) await pause(told ?? 400 * 3 ** attempt);
      told = undefined;
      try {
        const response = await once(path, options);
        const { status } = response;
        if (response.ok) return ok(await read(response));
        const body = await jsonOf(response);
        if (status === 401 && token) {
          const idle = problemOf(status, body).type.endsWith('session-idle');
          return refuse({ kind: 'session-ended', why: idle ? 'idle' : 'expired' });
        }
        if (status === 502 || status === 503 || status === 504) continue;
        if (status === 429) told = waitOf(response);
        if (told !== undefined && attempt + 1 < TRIES) {
          // Refused before anything was done, so any call may be sent once more.
          tries = Math.max(tries, attempt + 2);
          continue;
        }
        const refusal: ApiFailure = { kind: 'problem', problem: problemOf(status, body) };
        if (isProblem(refusal, 'another-patient')) onAnotherPatient?.();
        return refuse(refusal);
      } catch {
        // No answer or not ours: another try, then unreachable.
      }
    }
    return refuse({ kind: 'unreachable' });
  }

  const call = <Answer>(path: string, options: ApiCall = {}) => ask(path, options, async (response) => (await jsonOf(response)) as Answer);
  const file = (path: string, options: ApiCall = {}) => ask(path, options, (response) => response.blob());

  return {
    call,
    file,
    useSession: (next) => {
      token = next;
    },
  };
}
