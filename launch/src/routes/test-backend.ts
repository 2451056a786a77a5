/** For tests: a backend service with a key, and launches in any mode. */
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { ASSERTION_TYPE } from '../auth/client-assertion.ts';
import type { RegisteredClient } from '../auth/clients.ts';
import type { ModeName } from '../modes/modes.ts';
import { authorizeParameters, EHR, launchByApi, locationOf, pkcePair, postForm, REFLOOP, type TestEhr, type Tokens } from './test-ehr.ts';

export type Backend = {
  client: RegisteredClient;
  publicJwk: JWK;
  /** A signed assertion, right unless changed. */
  assertion: (
    ehr: TestEhr,
    change?: { header?: Record<string, unknown>; claims?: Record<string, unknown>; key?: CryptoKey },
  ) => Promise<string>;
};

let serial = 0;

export async function makeBackend(alg: 'RS384' | 'ES384' = 'ES384', clientId = 'backend'): Promise<Backend> {
  const pair = await generateKeyPair(alg, { extractable: true });
  const publicJwk = { ...(await exportJWK(pair.publicKey)), kid: 'key-1', alg };
  const client: RegisteredClient = {
    clientId,
    name: 'Backend service',
    authentication: { kind: 'asymmetric', keys: { kind: 'inline', keys: [publicJwk] } },
    redirectUris: [],
    scopes: 'openid patient/Patient.r system/*.cruds',
  };
  return {
    client,
    publicJwk,
    assertion: (ehr, { header = {}, claims = {}, key = pair.privateKey } = {}) => {
      serial += 1;
      const now = Math.floor(ehr.now().getTime() / 1000);
      const payload = { iss: clientId, sub: clientId, aud: `${EHR}/auth/token`, jti: `jti-${serial}`, iat: now, exp: now + 240, ...claims };
      return new SignJWT(payload).setProtectedHeader({ alg, kid: 'key-1', typ: 'JWT', ...header }).sign(key);
    },
  };
}

export const prefixOf = (mode: ModeName): string => (mode === 'full' ? '' : `/${mode}`);
export const baseOf = (mode: ModeName): string => `${EHR}${prefixOf(mode)}/fhir`;

/** What the token endpoint of a mode answers to client_credentials. */
export async function askAsService(
  ehr: TestEhr,
  backend: Backend,
  { mode = 'full', scope = 'system/*.cruds', assertion }: { mode?: ModeName; scope?: string; assertion?: string } = {},
): Promise<Response> {
  const path = `${prefixOf(mode)}/auth/token`;
  return postForm(ehr, path, {
    grant_type: 'client_credentials',
    scope,
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: assertion ?? (await backend.assertion(ehr, { claims: { aud: `${EHR}${path}` } })),
  });
}

/** A token of the backend service for a mode. */
export async function serviceToken(ehr: TestEhr, backend: Backend, mode: ModeName): Promise<string> {
  const response = await askAsService(ehr, backend, { mode });
  if (response.status !== 200) throw new Error(`No service token: ${response.status} ${await response.text()}`);
  return ((await response.json()) as Tokens).access_token;
}

/** The authorize request of a launch of Refloop in a mode. */
export async function authorizeIn(
  ehr: TestEhr,
  options: { mode?: ModeName; faults?: string[]; scope?: string; aud?: string },
): Promise<{ response: Response; verifier: string; path: string; launch: string }> {
  const mode = options.mode ?? 'full';
  const { verifier, challenge } = pkcePair();
  const { launch, iss } = await launchByApi(ehr, {
    user: 'clinician',
    patient: 'pat-a',
    order: 'order-a',
    mode,
    faults: options.faults ?? [],
  });
  const parameters = {
    ...authorizeParameters(challenge, launch),
    aud: options.aud ?? iss,
    ...(options.scope === undefined ? {} : { scope: options.scope }),
  };
  const path = `${prefixOf(mode)}/auth`;
  const response = await ehr.app.request(`${EHR}${path}/authorize?${new URLSearchParams(parameters).toString()}`);
  return { response, verifier, path, launch };
}

async function exchangeCodeOf(ehr: TestEhr, { response, verifier, path }: Awaited<ReturnType<typeof authorizeIn>>): Promise<Response> {
  const code = locationOf(response).searchParams.get('code');
  if (code === null) throw new Error(`No code: ${response.status} ${response.headers.get('location')}`);
  const form = { grant_type: 'authorization_code', code, redirect_uri: `${REFLOOP}/app`, code_verifier: verifier, client_id: 'refloop' };
  return postForm(ehr, `${path}/token`, form, { Origin: REFLOOP });
}

/** The answer of the token endpoint to the code of such a launch. */
export const exchangeIn = async (ehr: TestEhr, options: Parameters<typeof authorizeIn>[1]): Promise<Response> =>
  exchangeCodeOf(ehr, await authorizeIn(ehr, options));

/** From a launch in a mode to its handle, by which its faults are changed, and its tokens. */
export async function sessionIn(ehr: TestEhr, options: Parameters<typeof authorizeIn>[1]): Promise<{ launch: string; tokens: Tokens }> {
  const authorized = await authorizeIn(ehr, options);
  const response = await exchangeCodeOf(ehr, authorized);
  if (response.status !== 200) throw new Error(`No tokens: ${response.status} ${await response.text()}`);
  return { launch: authorized.launch, tokens: (await response.json()) as Tokens };
}

/** The tokens of such a launch alone. */
export const tokensIn = async (ehr: TestEhr, options: Parameters<typeof authorizeIn>[1]): Promise<Tokens> =>
  (await sessionIn(ehr, options)).tokens;

export type FhirAnswer = {
  status: number;
  headers: Headers;
  json: Record<string, unknown> & { id: string; status: string; meta: { versionId: string; tag?: { code?: string }[] } };
};

/** A FHIR request in a mode, from Refloop's page. */
export async function fhir(
  ehr: TestEhr,
  mode: ModeName,
  token: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<FhirAnswer> {
  const response = await ehr.app.request(`${baseOf(mode)}/${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      Origin: REFLOOP,
      ...(body === undefined ? {} : { 'Content-Type': method === 'PATCH' ? 'application/json-patch+json' : 'application/fhir+json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: (text === '' ? {} : JSON.parse(text)) as FhirAnswer['json'] };
}
