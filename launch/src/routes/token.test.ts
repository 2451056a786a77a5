import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  EHR,
  exchange,
  FHIR_BASE,
  fetchCode,
  fetchTokens,
  OTHER_APP,
  openTestEhr,
  postForm,
  REFLOOP,
  REQUESTED_SCOPE,
  SERVER_APP_SECRET,
  type TestEhr,
  type Tokens,
} from './test-ehr.ts';

let ehr: TestEhr;
beforeAll(async () => {
  ehr = await openTestEhr();
});
afterAll(() => ehr.close());

const introspect = async (token: string, authorization: string): Promise<Record<string, unknown>> => {
  const response = await postForm(ehr, '/auth/introspect', { token }, { Authorization: authorization });
  return (await response.json()) as Record<string, unknown>;
};
const isActive = async (token: string, by: string): Promise<boolean> => (await introspect(token, `Bearer ${by}`))['active'] === true;
const basic = (id: string, secret: string): string => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
const errorOf = async (response: Response): Promise<unknown> => ((await response.json()) as { error?: string }).error;

describe('exchanging a code', () => {
  test('answers tokens with the whole launch context', async () => {
    const { code, verifier } = await fetchCode(ehr);
    const response = await exchange(ehr, code, verifier);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('pragma')).toBe('no-cache');
    expect(await response.json()).toEqual({
      access_token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: REQUESTED_SCOPE,
      refresh_token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      id_token: expect.any(String),
      patient: 'pat-a',
      encounter: 'enc-a',
      fhirContext: [{ reference: 'ServiceRequest/order-a' }],
      intent: 'refer',
      need_patient_banner: true,
      smart_style_url: expect.stringContaining(`${EHR}/smart-style/`),
      tenant: 'sandbox',
    });
  });

  test('a launch without a patient names none and grants nothing about one', async () => {
    const tokens = await fetchTokens(ehr, { user: 'coordinator' });
    expect(tokens['patient']).toBeUndefined();
    expect(tokens.scope).toBe('launch openid fhirUser online_access user/Practitioner.rs');
    expect(tokens['intent']).toBe('referral-center');
  });

  test('the id_token is signed by the published key and says who, for whom, and for how long', async () => {
    const tokens = await fetchTokens(ehr, undefined, { nonce: 'nonce-of-the-app' });
    const keys = (await (await ehr.app.request(`${EHR}/auth/jwks`)).json()) as Parameters<typeof createLocalJWKSet>[0];
    const { payload, protectedHeader } = await jwtVerify(tokens.id_token ?? '', createLocalJWKSet(keys), {
      issuer: EHR,
      audience: 'refloop',
      algorithms: ['RS256'],
      currentDate: ehr.now(),
    });
    expect(protectedHeader.kid).toBe(keys.keys[0]?.kid);
    expect(payload).toMatchObject({ sub: 'clinician', nonce: 'nonce-of-the-app', fhirUser: `${FHIR_BASE}/Practitioner/clinician` });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(300);
    expect(JSON.stringify(keys)).not.toMatch(/"(d|p|q|dp|dq|qi)":/);
  });

  test('without openid there is no id_token, without a refresh scope no refresh token', async () => {
    const tokens = await fetchTokens(ehr, undefined, { scope: 'launch patient/Patient.r' });
    expect(tokens.id_token).toBeUndefined();
    expect(tokens.refresh_token).toBeUndefined();
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['no grant_type', { grant_type: '' }, 400, 'invalid_request'],
    ['another grant_type', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['client_credentials, which this server has not', { grant_type: 'client_credentials' }, 400, 'unsupported_grant_type'],
    ['no code', { code: '' }, 400, 'invalid_request'],
    ['a code of nobody', { code: 'made-up' }, 400, 'invalid_grant'],
    ['no redirect_uri', { redirect_uri: '' }, 400, 'invalid_request'],
    ['another redirect_uri', { redirect_uri: `${REFLOOP}/app/` }, 400, 'invalid_grant'],
    ['no code_verifier', { code_verifier: '' }, 400, 'invalid_request'],
    ['another code_verifier', { code_verifier: 'x'.repeat(43) }, 400, 'invalid_grant'],
    ['no client_id', { client_id: '' }, 401, 'invalid_client'],
    ['an unknown client_id', { client_id: 'nobody' }, 401, 'invalid_client'],
    ['another client_id', { client_id: 'other-app' }, 400, 'invalid_grant'],
    ['a confidential client without its secret', { client_id: 'server-app' }, 401, 'invalid_client'],
  ])('%s is refused', async (_, change, status, error) => {
    const { code, verifier } = await fetchCode(ehr);
    const response = await exchange(ehr, code, verifier, change);
    expect(response.status).toBe(status);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('access-control-allow-origin')).toBe(REFLOOP);
    expect(await errorOf(response)).toBe(error);
  });

  test('a body that is no form, and a parameter given twice, are refused', async () => {
    const json = await ehr.app.request(`${EHR}/auth/token`, {
      method: 'POST',
      body: '{}',
      headers: { 'Content-Type': 'application/json' },
    });
    expect([json.status, await errorOf(json)]).toEqual([400, 'invalid_request']);
    const twice = await ehr.app.request(`${EHR}/auth/token`, {
      method: 'POST',
      body: 'grant_type=authorization_code&code=a&code=b&client_id=refloop',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    expect([twice.status, await errorOf(twice)]).toEqual([400, 'invalid_request']);
  });

  test('a code lives a minute', async () => {
    const { code, verifier } = await fetchCode(ehr);
    ehr.pass(60);
    const response = await exchange(ehr, code, verifier);
    expect([response.status, await errorOf(response)]).toEqual([400, 'invalid_grant']);
  });

  test('a code used twice fails, and what the first use brought is revoked', async () => {
    const witness = await fetchTokens(ehr);
    const { code, verifier } = await fetchCode(ehr);
    const tokens = (await (await exchange(ehr, code, verifier)).json()) as Tokens;
    expect(await isActive(tokens.access_token, witness.access_token)).toBe(true);
    const second = await exchange(ehr, code, verifier);
    expect([second.status, await errorOf(second)]).toEqual([400, 'invalid_grant']);
    expect(await isActive(tokens.access_token, witness.access_token)).toBe(false);
    const refresh = await postForm(ehr, '/auth/token', {
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token ?? '',
      client_id: 'refloop',
    });
    expect(await errorOf(refresh)).toBe('invalid_grant');
    expect(await isActive(witness.access_token, witness.access_token)).toBe(true);
  });

  test('of two exchanges at once at most one gives tokens, and those are revoked', async () => {
    const witness = await fetchTokens(ehr);
    const { code, verifier } = await fetchCode(ehr);
    const responses = await Promise.all([exchange(ehr, code, verifier), exchange(ehr, code, verifier)]);
    const issued = responses.filter((response) => response.status === 200);
    expect(issued).toHaveLength(1);
    const tokens = (await issued[0]?.json()) as Tokens;
    expect(await isActive(tokens.access_token, witness.access_token)).toBe(false);
  });

  test('a code presented with a wrong verifier is used up', async () => {
    const { code, verifier } = await fetchCode(ehr);
    await exchange(ehr, code, 'y'.repeat(43));
    expect((await exchange(ehr, code, verifier)).status).toBe(400);
  });
});

describe('refreshing', () => {
  const refresh = (token: string, change: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Response> =>
    postForm(ehr, '/auth/token', { grant_type: 'refresh_token', refresh_token: token, client_id: 'refloop', ...change }, headers);

  test('gives a new access token with the same scope and context', async () => {
    const first = await fetchTokens(ehr);
    const response = await refresh(first.refresh_token ?? '');
    expect(response.status).toBe(200);
    const second = (await response.json()) as Tokens;
    expect(second.access_token).not.toBe(first.access_token);
    expect(second).toMatchObject({ scope: REQUESTED_SCOPE, patient: 'pat-a', expires_in: 3600, token_type: 'Bearer' });
    expect(second.id_token).toBeUndefined();
  });

  test('may ask for less, which holds for that token alone', async () => {
    const first = await fetchTokens(ehr);
    const less = (await (await refresh(first.refresh_token ?? '', { scope: 'patient/ServiceRequest.r' })).json()) as Tokens;
    expect(less.scope).toBe('patient/ServiceRequest.r');
    expect((await introspect(less.access_token, `Bearer ${less.access_token}`))['scope']).toBe('patient/ServiceRequest.r');
    const again = (await (await refresh(less.refresh_token ?? '')).json()) as Tokens;
    expect(again.scope).toBe(REQUESTED_SCOPE);
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['more than was granted', { scope: 'patient/ServiceRequest.cruds' }, 400, 'invalid_scope'],
    ['another type', { scope: 'patient/Group.r' }, 400, 'invalid_scope'],
    ['no refresh_token', { refresh_token: '' }, 400, 'invalid_request'],
    ['a token of nobody', { refresh_token: 'made-up' }, 400, 'invalid_grant'],
    ['no client_id', { client_id: '' }, 401, 'invalid_client'],
    ['another client', { client_id: 'other-app' }, 400, 'invalid_grant'],
  ])('%s is refused', async (_, change, status, error) => {
    const { refresh_token: token } = await fetchTokens(ehr);
    const response = await refresh(token ?? '', change);
    expect([response.status, await errorOf(response)]).toEqual([status, error]);
  });

  test('brings the next refresh token, which ends when the first would have', async () => {
    const first = await fetchTokens(ehr);
    ehr.pass(6 * 60 * 60);
    const second = (await (await refresh(first.refresh_token ?? '')).json()) as Tokens;
    expect(second.refresh_token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    ehr.pass(6 * 60 * 60);
    expect((await refresh(second.refresh_token ?? '')).status).toBe(400);
  });

  test('with a token that was used before revokes the whole family, and nobody else', async () => {
    const witness = await fetchTokens(ehr);
    const first = await fetchTokens(ehr);
    const second = (await (await refresh(first.refresh_token ?? '')).json()) as Tokens;
    expect(await isActive(second.access_token, witness.access_token)).toBe(true);
    const reuse = await refresh(first.refresh_token ?? '');
    expect([reuse.status, await errorOf(reuse)]).toEqual([400, 'invalid_grant']);
    for (const token of [first.access_token, second.access_token]) expect(await isActive(token, witness.access_token)).toBe(false);
    expect((await refresh(second.refresh_token ?? '')).status).toBe(400);
    expect((await refresh(witness.refresh_token ?? '')).status).toBe(200);
  });

  test('twice at once gives tokens once at most, and those are revoked', async () => {
    const witness = await fetchTokens(ehr);
    const first = await fetchTokens(ehr);
    const answers = await Promise.all([refresh(first.refresh_token ?? ''), refresh(first.refresh_token ?? '')]);
    const issued = answers.filter((answer) => answer.status === 200);
    expect(issued).toHaveLength(1);
    const tokens = (await issued[0]?.json()) as Tokens;
    expect(await isActive(tokens.access_token, witness.access_token)).toBe(false);
  });

  test('with a used token revokes the family whatever else is wrong with the request', async () => {
    const first = await fetchTokens(ehr);
    const second = (await (await refresh(first.refresh_token ?? '')).json()) as Tokens;
    expect(await errorOf(await refresh(first.refresh_token ?? '', { scope: 'patient/Group.r' }))).toBe('invalid_grant');
    expect((await refresh(second.refresh_token ?? '')).status).toBe(400);
  });

  test('by another client, or for more than was granted, does not use the token up', async () => {
    const { refresh_token: token } = await fetchTokens(ehr);
    await refresh(token ?? '', { client_id: 'other-app' });
    await refresh(token ?? '', { scope: 'patient/Group.r' });
    expect((await refresh(token ?? '')).status).toBe(200);
  });

  test('online access ends after a working day, offline access lasts', async () => {
    const online = await fetchTokens(ehr);
    const offline = await fetchTokens(ehr, undefined, { scope: `${REQUESTED_SCOPE} offline_access` });
    ehr.pass(12 * 60 * 60);
    expect((await refresh(online.refresh_token ?? '')).status).toBe(400);
    expect((await refresh(offline.refresh_token ?? '')).status).toBe(200);
  });
});

describe('revoking', () => {
  const revoke = (form: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> =>
    postForm(ehr, '/auth/revoke', { client_id: 'refloop', ...form }, { Origin: REFLOOP, ...headers });

  test('an access token ends it alone', async () => {
    const witness = await fetchTokens(ehr);
    const tokens = await fetchTokens(ehr);
    const answer = await revoke({ token: tokens.access_token, token_type_hint: 'refresh_token' });
    expect([answer.status, await answer.text(), answer.headers.get('cache-control')]).toEqual([200, '', 'no-store']);
    expect(answer.headers.get('access-control-allow-origin')).toBe(REFLOOP);
    expect(await isActive(tokens.access_token, witness.access_token)).toBe(false);
    const read = await ehr.app.request(`${FHIR_BASE}/Patient/pat-a`, { headers: { Authorization: `Bearer ${tokens.access_token}` } });
    expect(read.status).toBe(401);
    const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '', client_id: 'refloop' };
    expect((await postForm(ehr, '/auth/token', form)).status).toBe(200);
  });

  test('a refresh token ends all that came of its launch', async () => {
    const witness = await fetchTokens(ehr);
    const tokens = await fetchTokens(ehr);
    expect((await revoke({ token: tokens.refresh_token ?? '' })).status).toBe(200);
    expect(await isActive(tokens.access_token, witness.access_token)).toBe(false);
    expect(await isActive(witness.access_token, witness.access_token)).toBe(true);
  });

  test.each<[string, Record<string, string>, Record<string, string>, number, string | undefined]>([
    ['a token of nobody is as good as revoked', { token: 'made-up' }, {}, 200, undefined],
    ['no token', {}, {}, 400, 'invalid_request'],
    ['no client', { token: 'x', client_id: '' }, {}, 401, 'invalid_client'],
    ['an unknown client', { token: 'x', client_id: 'nobody' }, {}, 401, 'invalid_client'],
    ['a confidential client without its secret', { token: 'x', client_id: 'server-app' }, {}, 401, 'invalid_client'],
    ['a wrong secret', { token: 'x', client_id: '' }, { Authorization: basic('server-app', 'wrong') }, 401, 'invalid_client'],
  ])('%s', async (_, form, headers, status, error) => {
    const answer = await revoke(form, headers);
    expect(answer.status).toBe(status);
    if (error !== undefined) expect(await errorOf(answer)).toBe(error);
  });

  test("another client's token stays", async () => {
    const { access_token: token } = await fetchTokens(ehr);
    const answer = await revoke({ token, client_id: 'other-app' });
    expect([answer.status, await errorOf(answer)]).toEqual([400, 'unauthorized_client']);
    expect(await isActive(token, token)).toBe(true);
  });
});

describe('introspection', () => {
  test('says what the token is for', async () => {
    const { access_token: token } = await fetchTokens(ehr);
    const answer = await introspect(token, `Bearer ${token}`);
    expect(answer).toMatchObject({
      active: true,
      scope: REQUESTED_SCOPE,
      client_id: 'refloop',
      patient: 'pat-a',
      encounter: 'enc-a',
      fhirContext: [{ reference: 'ServiceRequest/order-a' }],
      iss: EHR,
      sub: 'clinician',
      aud: FHIR_BASE,
      fhirUser: `${FHIR_BASE}/Practitioner/clinician`,
    });
    expect(Number(answer['exp']) - Number(answer['iat'])).toBe(3600);
  });

  test('of a token that is none, or has expired, says that alone', async () => {
    const first = await fetchTokens(ehr);
    expect(await introspect('made-up', `Bearer ${first.access_token}`)).toEqual({ active: false });
    ehr.pass(3600);
    const second = await fetchTokens(ehr);
    expect(await introspect(first.access_token, `Bearer ${second.access_token}`)).toEqual({ active: false });
  });

  test("another client's token is inactive to a registered client", async () => {
    const { access_token: token } = await fetchTokens(ehr);
    expect(await introspect(token, basic('server-app', SERVER_APP_SECRET))).toEqual({ active: false });
  });

  test.each<[string, Record<string, string>]>([
    ['nobody', {}],
    ['a Bearer of nobody', { Authorization: 'Bearer made-up' }],
    ['a wrong secret', { Authorization: basic('server-app', 'wrong') }],
    ['a client that has no secret', { Authorization: basic(OTHER_APP.clientId, '') }],
    ['a header that cannot be read', { Authorization: 'Basic !!!' }],
  ])('%s may not ask', async (_, headers) => {
    const { access_token: token } = await fetchTokens(ehr);
    const response = await postForm(ehr, '/auth/introspect', { token }, headers);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).not.toBeNull();
    expect(await response.text()).not.toContain('pat-a');
  });
});

describe('reading answers from another origin', () => {
  const preflight = (path: string, origin: string): Promise<Response> =>
    Promise.resolve(
      ehr.app.request(`${EHR}${path}`, {
        method: 'OPTIONS',
        headers: {
          Origin: origin,
          'Access-Control-Request-Method': 'POST',
          'Access-Control-Request-Headers': 'authorization,content-type',
        },
      }),
    );

  test.each(['/auth/token', '/auth/introspect'])('%s is for registered apps', async (path) => {
    const ours = await preflight(path, REFLOOP);
    expect(ours.status).toBe(204);
    expect(ours.headers.get('access-control-allow-origin')).toBe(REFLOOP);
    expect(ours.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('authorization');
    const foreign = await preflight(path, 'https://evil.example');
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('a refusal carries the headers too', async () => {
    const response = await postForm(ehr, '/auth/token', { grant_type: 'password' }, { Origin: 'https://other.example' });
    expect(response.status).toBe(400);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://other.example');
  });

  test.each(['/fhir/.well-known/smart-configuration', '/.well-known/openid-configuration', '/auth/jwks'])(
    '%s is for everybody',
    async (path) => {
      const response = await ehr.app.request(`${EHR}${path}`, { headers: { Origin: 'https://anywhere.example', Accept: 'text/html' } });
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(response.headers.get('content-type')).toContain('application/json');
    },
  );
});
