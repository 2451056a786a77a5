/**
 * Somebody of the practice, signed in to Refloop as they sign in: a launch of the sandbox EHR, the SMART App Launch 2.2 code flow with PKCE, and a session
 * of Refloop. All over HTTP, as the app in a browser does it; nothing here reaches a store.
 */
import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';

export type Answered = { status: number; body: unknown };

/** Asks Refloop as this person; a session that has ended is opened anew. */
export type Ask = (method: 'GET' | 'POST' | 'PUT', path: string, body?: object) => Promise<Answered>;

export type StaffSessionOptions = {
  /** Of this EHR, and of Refloop, without a final slash. */
  origin: string;
  refloop: string;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
};

const PATIENCE_MS = 20_000;
const ENDED = 401;

const Launch = z.object({ launch: z.string(), iss: z.string() });
const Sites = z.object({ sites: z.array(z.object({ iss: z.string(), scopes: z.string(), clientId: z.string() })) });
const Tokens = z.object({ id_token: z.string(), access_token: z.string() });
const Session = z.object({ token: z.string() });

/** @param user an id of the sandbox's people, such as `coordinator` */
export function createStaffSession({ origin, refloop, fetch }: StaffSessionOptions, user: string): Ask {
  let session: Promise<string> | undefined;

  const call = (url: string, init: RequestInit = {}): Promise<Response> =>
    fetch(url, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE_MS), ...init });
  const json = async <Shape>(shape: z.ZodType<Shape>, response: Promise<Response>): Promise<Shape> =>
    shape.parse(await (await response).json());
  const post = (url: string, body: object): Promise<Response> =>
    call(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

  async function signIn(): Promise<string> {
    const { launch, iss } = await json(Launch, post(`${origin}/launches`, { user }));
    const { sites } = await json(Sites, call(`${refloop}/sites`));
    const site = sites.find((each) => each.iss === iss);
    if (!site) throw new Error('Refloop does not serve this EHR.');
    const verifier = randomBytes(48).toString('base64url');
    const redirectUri = `${refloop}/app`;
    const asked = new URLSearchParams({
      response_type: 'code',
      client_id: site.clientId,
      redirect_uri: redirectUri,
      scope: site.scopes,
      state: randomBytes(16).toString('hex'),
      aud: iss,
      launch,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const sent = await call(`${origin}/auth/authorize?${asked.toString()}`, { redirect: 'manual' });
    const code = new URL(sent.headers.get('location') ?? 'about:blank').searchParams.get('code') ?? '';
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      client_id: site.clientId,
      code_verifier: verifier,
    });
    const tokens = await json(Tokens, call(`${origin}/auth/token`, { method: 'POST', body: form }));
    const opened = post(`${refloop}/sessions`, { iss, idToken: tokens.id_token, accessToken: tokens.access_token });
    return (await json(Session, opened)).token;
  }

  const once = async (method: string, path: string, body: object | undefined): Promise<Response> => {
    session ??= signIn();
    const token = await session.catch((error: unknown) => {
      session = undefined;
      throw error;
    });
    return call(`${refloop}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  };

  return async (method, path, body) => {
    let response = await once(method, path, body);
    if (response.status === ENDED) {
      session = undefined;
      response = await once(method, path, body);
    }
    return { status: response.status, body: await response.json().catch(() => undefined) };
  };
}
