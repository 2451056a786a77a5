/** Faults that are set and taken back while tokens are in use. What each of them does: faults.test.ts. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FaultName } from '../modes/faults.ts';
import { askAsService, type Backend, fhir, makeBackend, serviceToken, sessionIn } from './test-backend.ts';
import { EHR, launchByApi, openTestEhr, postForm, REFLOOP, type TestEhr } from './test-ehr.ts';
import { EXAMPLES } from './test-resources.ts';

let ehr: TestEhr;
let backend: Backend;
beforeAll(async () => {
  backend = await makeBackend();
  ehr = await openTestEhr(undefined, [backend.client]);
});
afterAll(() => ehr.close());

const put = (path: string, body: unknown, at: { request: TestEhr['app']['request'] } = ehr.app): Promise<Response> =>
  Promise.resolve(at.request(`${EHR}${path}`, { method: 'PUT', body: JSON.stringify(body) }));
const get = (path: string): Promise<Response> => Promise.resolve(ehr.app.request(`${EHR}${path}`));
const setFaults = async (launch: string, ...faults: FaultName[]): Promise<void> => {
  expect((await put(`/launches/${launch}`, { faults })).status).toBe(200);
};
const read = async (token: string): Promise<number> => (await fhir(ehr, 'full', token, 'GET', 'Patient/pat-a')).status;
const write = async (token: string): Promise<number> =>
  (await fhir(ehr, 'full', token, 'POST', 'ServiceRequest', EXAMPLES['ServiceRequest'])).status;

describe('the faults of a launch', () => {
  test('change for the tokens it has, and back again', async () => {
    const { launch, tokens } = await sessionIn(ehr, {});
    const token = tokens.access_token;
    expect(await write(token)).toBe(201);
    await setFaults(launch, 'server_error');
    expect([await write(token), await read(token)]).toEqual([500, 200]);
    await setFaults(launch, 'request_expired_token');
    expect(await read(token)).toBe(401);
    await setFaults(launch);
    expect([await write(token), await read(token)]).toEqual([201, 200]);
  });

  test('change for what is refreshed from it, and at the token endpoint', async () => {
    const { launch, tokens } = await sessionIn(ehr, {});
    const refresh = (token: string | undefined): Promise<Response> =>
      postForm(ehr, '/auth/token', { grant_type: 'refresh_token', refresh_token: token ?? '', client_id: 'refloop' }, { Origin: REFLOOP });
    await setFaults(launch, 'token_expired_refresh_token');
    expect((await refresh(tokens.refresh_token)).status).toBe(400);
    await setFaults(launch, 'server_error');
    const renewed = (await (await refresh(tokens.refresh_token)).json()) as { access_token: string };
    expect(await write(renewed.access_token)).toBe(500);
  });

  test('change before the app has asked for a code, and at the authorize endpoint', async () => {
    const { launch } = await launchByApi(ehr);
    await setFaults(launch, 'auth_invalid_scope');
    const query = new URLSearchParams({ launch, response_type: 'code', client_id: 'refloop', redirect_uri: `${REFLOOP}/app` });
    for (const [name, value] of Object.entries({ scope: 'launch', state: 's', aud: `${EHR}/fhir`, code_challenge_method: 'S256' })) {
      query.set(name, value);
    }
    query.set('code_challenge', 'a'.repeat(43));
    const response = await ehr.app.request(`${EHR}/auth/authorize?${query.toString()}`);
    expect(response.headers.get('location')).toContain('error=invalid_scope');
  });

  test('are counted anew each time they are set', async () => {
    const { launch, tokens } = await sessionIn(ehr, { faults: ['unavailable'] });
    const token = tokens.access_token;
    expect([await write(token), await write(token), await write(token)]).toEqual([503, 503, 201]);
    await setFaults(launch, 'unavailable');
    expect([await write(token), await write(token), await write(token)]).toEqual([503, 503, 201]);
  });

  test('can be asked for, with how often each has fired', async () => {
    const { launch, tokens } = await sessionIn(ehr, { mode: 'oracle-like', faults: ['rate_limited', 'latency'] });
    await fhir(ehr, 'oracle-like', tokens.access_token, 'GET', 'Patient/pat-a');
    const answer = await get(`/launches/${launch}`);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toEqual({
      user: 'clinician',
      patient: 'pat-a',
      encounter: 'enc-a',
      order: 'order-a',
      mode: 'oracle-like',
      faults: ['rate_limited', 'latency'],
      fired: { rate_limited: 1 },
    });
    const set = await put(`/launches/${launch}`, { faults: ['latency', 'latency'] });
    expect(await set.json()).toMatchObject({ faults: ['latency'], fired: {} });
  });

  test('are those of that launch alone, and are kept through a restart', async () => {
    const [one, other] = [await sessionIn(ehr, {}), await sessionIn(ehr, {})];
    expect((await put(`/launches/${one.launch}`, { faults: ['server_error'] }, ehr.restarted())).status).toBe(200);
    expect([await write(one.tokens.access_token), await write(other.tokens.access_token)]).toEqual([500, 201]);
  });
});

describe('the faults of a backend service', () => {
  const setFor = async (body: { mode?: string; faults: FaultName[] }): Promise<unknown> => {
    const answer = await put('/clients/backend/faults', body);
    expect(answer.status).toBe(200);
    return answer.json();
  };
  const writeIn = async (mode: 'full' | 'epic-like', token: string): Promise<number> =>
    (await fhir(ehr, mode, token, 'POST', 'ServiceRequest', EXAMPLES['ServiceRequest'])).status;

  test('act in the mode they are set for, on the tokens it has, and end when they are taken back', async () => {
    const [full, epic] = [await serviceToken(ehr, backend, 'full'), await serviceToken(ehr, backend, 'epic-like')];
    const state = await setFor({ mode: 'full', faults: ['server_error'] });
    expect(state).toEqual({
      client: 'backend',
      faults: { full: ['server_error'], 'epic-like': [], 'oracle-like': [], 'athena-like': [], 'messages-only': [] },
    });
    expect([await writeIn('full', full), await writeIn('epic-like', epic)]).toEqual([500, 201]);
    await setFor({ faults: [] });
    expect(await writeIn('full', full)).toBe(201);
    expect(await (await get('/clients/backend/faults')).json()).toMatchObject({ faults: { full: [] } });
  });

  test('without a mode act in every mode; what is counted is counted for each mode by itself, and anew when set again', async () => {
    const [full, epic] = [await serviceToken(ehr, backend, 'full'), await serviceToken(ehr, backend, 'epic-like')];
    for (const _ of [1, 2]) {
      await setFor({ faults: ['unavailable'] });
      expect([await writeIn('full', full), await writeIn('full', full), await writeIn('full', full)]).toEqual([503, 503, 201]);
      expect(await writeIn('epic-like', epic)).toBe(503);
    }
    await setFor({ faults: [] });
  });

  test('act at the token endpoint', async () => {
    await setFor({ faults: ['token_invalid_jti'] });
    const refused = await askAsService(ehr, backend);
    expect([refused.status, ((await refused.json()) as { error: string }).error]).toEqual([401, 'invalid_client']);
    await setFor({ faults: [] });
    expect((await askAsService(ehr, backend)).status).toBe(200);
  });

  test('disturb no launch', async () => {
    await setFor({ faults: ['server_error', 'request_expired_token'] });
    const { tokens } = await sessionIn(ehr, {});
    expect(await write(tokens.access_token)).toBe(201);
    await setFor({ faults: [] });
  });
});

describe('what cannot be set is refused, naming the field', () => {
  test.each<[string, string, unknown, number, string | undefined]>([
    ['an unknown fault', '/clients/backend/faults', { faults: ['earthquake'] }, 400, 'faults'],
    ['an unknown mode', '/clients/backend/faults', { mode: 'Epic', faults: [] }, 400, 'mode'],
    ['no list', '/clients/backend/faults', {}, 400, 'faults'],
    ['an app that is launched', '/clients/refloop/faults', { faults: [] }, 404, undefined],
    ['an unknown client', '/clients/nobody/faults', { faults: [] }, 404, undefined],
    ['an unknown launch', '/launches/made-up', { faults: [] }, 404, undefined],
    ['no list for a launch', '/launches/made-up', {}, 400, 'faults'],
    ['a mode for a launch', '/launches/made-up', { faults: [], mode: 'full' }, 400, 'mode'],
    ['an unknown fault for a launch', '/launches/made-up', { faults: ['earthquake'] }, 400, 'faults'],
  ])('%s', async (_, path, body, status, field) => {
    const answer = await put(path, body);
    const { field: named, message } = (await answer.json()) as { field?: string; message: string };
    expect([answer.status, named]).toEqual([status, field]);
    expect(message).toMatch(/\.$/);
  });

  test.each(['/launches/made-up', '/clients/backend/faults'])('%s does not answer another machine', async (path) => {
    ehr.setRemoteAddress('192.0.2.7');
    const answers = [await put(path, { faults: [] }), await get(path)];
    ehr.setRemoteAddress('127.0.0.1');
    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
  });
});
