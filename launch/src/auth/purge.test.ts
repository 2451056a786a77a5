import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { askAsService, type Backend, fhir, makeBackend, serviceToken, sessionIn } from '../routes/test-backend.ts';
import {
  authorizeParameters,
  authorizeUrl,
  EHR,
  exchange,
  fetchCode,
  launchByApi,
  openTestEhr,
  pkcePair,
  postForm,
  REFLOOP,
  signIn,
  type TestEhr,
} from '../routes/test-ehr.ts';
import { KEPT_SECONDS, type PurgeBounds, type Purged, purgeEnded } from './purge.ts';

let ehr: TestEhr;
let backend: Backend;
beforeEach(async () => {
  backend = await makeBackend();
  ehr = await openTestEhr(undefined, [backend.client]);
});
afterEach(() => ehr.close());

const TABLES = [
  'sessions',
  'launches',
  'interactions',
  'grants',
  'codes',
  'access_tokens',
  'refresh_tokens',
  'client_assertions',
  'fault_firings',
];
const rowsOf = async (table: string): Promise<number> => (await ehr.pool.query(`select 1 from ehr_auth.${table}`)).rowCount ?? 0;
const held = async (): Promise<Record<string, number>> =>
  Object.fromEntries(await Promise.all(TABLES.map(async (table) => [table, await rowsOf(table)] as const)));
const purge = (bounds?: PurgeBounds): Promise<Purged> => purgeEnded(ehr.pool, ehr.now(), bounds);
const refresh = (token: string | undefined): Promise<Response> =>
  postForm(ehr, '/auth/token', { grant_type: 'refresh_token', refresh_token: token ?? '', client_id: 'refloop' }, { Origin: REFLOOP });
const state = async (launch: string): Promise<number> => (await ehr.app.request(`${EHR}/launches/${launch}`)).status;

describe('when everything has ended', () => {
  test('nothing of it is left', async () => {
    const { tokens } = await sessionIn(ehr, { faults: ['rate_limited'] });
    await fhir(ehr, 'full', tokens.access_token, 'GET', 'Patient/pat-a');
    await refresh(tokens.refresh_token);
    await fetchCode(ehr);
    await launchByApi(ehr);
    await serviceToken(ehr, backend, 'full');
    const cookie = await signIn(ehr);
    await postForm(ehr, '/patients/pat-a/launch', { order: 'order-a' }, { Cookie: cookie });
    await ehr.app.request(authorizeUrl({ ...authorizeParameters(pkcePair().challenge), scope: 'openid launch/patient patient/Patient.r' }));
    for (const count of Object.values(await held())) expect(count).toBeGreaterThan(0);

    ehr.pass(12 * 3600 + KEPT_SECONDS + 1);
    const purged = await purge();
    expect(purged).toMatchObject({ accessTokens: 3, grants: 3, sessions: 1, interactions: 1, assertions: 1 });
    expect(new Set(Object.values(await held()))).toEqual(new Set([0]));
  });
});

describe('what lives is kept, with all it needs', () => {
  test('within the hour after its end everything is as it was', async () => {
    const { launch, tokens } = await sessionIn(ehr, { scope: 'launch openid fhirUser patient/Patient.r' });
    ehr.pass(3600 + KEPT_SECONDS - 1);
    const before = await held();
    await purge();
    expect(await held()).toEqual(before);
    expect((await fhir(ehr, 'full', tokens.access_token, 'GET', 'Patient/pat-a')).status).toBe(401);
    ehr.pass(2);
    await purge();
    expect([await rowsOf('access_tokens'), await rowsOf('grants'), await state(launch)]).toEqual([0, 0, 404]);
  });

  test('a session that is renewed outlives its first access token, and its launch stays with it', async () => {
    const { launch, tokens } = await sessionIn(ehr, { faults: ['rate_limited'] });
    await fhir(ehr, 'full', tokens.access_token, 'GET', 'Patient/pat-a');
    ehr.pass(6 * 3600);
    expect(await purge()).toMatchObject({ accessTokens: 1, grants: 0, launches: 0 });
    expect([await state(launch), await rowsOf('fault_firings')]).toEqual([200, 1]);
    const renewed = (await (await refresh(tokens.refresh_token)).json()) as { access_token: string };
    expect((await fhir(ehr, 'full', renewed.access_token, 'GET', 'Patient/pat-a')).status).toBe(429);
  });

  test('a code, or a refresh token, that comes twice still ends all that came of it', async () => {
    const { code, verifier } = await fetchCode(ehr);
    const tokens = (await (await exchange(ehr, code, verifier)).json()) as { access_token: string; refresh_token: string };
    ehr.pass(2 * 3600);
    await purge();
    const second = (await (await refresh(tokens.refresh_token)).json()) as { access_token: string; refresh_token: string };
    const read = async (): Promise<number> => (await fhir(ehr, 'full', second.access_token, 'GET', 'Patient/pat-a')).status;
    expect(await read()).toBe(200);
    expect((await exchange(ehr, code, verifier)).status).toBe(400);
    expect(await read()).toBe(401);

    const other = (await sessionIn(ehr, {})).tokens;
    const renewed = (await (await refresh(other.refresh_token)).json()) as { access_token: string };
    ehr.pass(3000);
    await purge();
    expect((await refresh(other.refresh_token)).status).toBe(400);
    expect((await fhir(ehr, 'full', renewed.access_token, 'GET', 'Patient/pat-a')).status).toBe(401);
  });

  test('the page that shows the app can be reloaded for as long as its session lasts', async () => {
    const cookie = await signIn(ehr);
    const opened = await postForm(ehr, '/patients/pat-a/launch', { order: 'order-a' }, { Cookie: cookie });
    const path = opened.headers.get('location') ?? '';
    ehr.pass(6 * 3600);
    await purge();
    expect((await ehr.app.request(`${EHR}${path}`, { headers: { Cookie: cookie } })).status).toBe(200);
  });

  test('an assertion that could still live is refused a second time', async () => {
    const assertion = await backend.assertion(ehr);
    expect((await askAsService(ehr, backend, { assertion })).status).toBe(200);
    await purge();
    expect((await askAsService(ehr, backend, { assertion })).status).toBe(401);
  });
});

test('a purge takes no more than its bounds at a time, and the next one goes on', async () => {
  await ehr.pool.query(
    `insert into ehr_auth.client_assertions (client_id, jti_digest, expires_at)
     select 'backend', 'jti-' || n, $1 from generate_series(1, 70) n`,
    [new Date(ehr.now().getTime() - 2 * KEPT_SECONDS * 1000)],
  );
  const bounds = { rows: 10, statements: 3 };
  const taken: number[] = [];
  for (const _ of [1, 2, 3, 4]) taken.push((await purge(bounds)).assertions);
  expect(taken).toEqual([30, 30, 10, 0]);
});

test('two that purge together take each row once, and neither fails', async () => {
  for (const _ of [1, 2, 3]) await sessionIn(ehr, {});
  ehr.pass(12 * 3600 + KEPT_SECONDS + 1);
  const [one, other] = await Promise.all([purge({ rows: 1, statements: 10 }), purge({ rows: 1, statements: 10 })]);
  expect(one.accessTokens + other.accessTokens).toBe(3);
  await purge();
  expect([await rowsOf('grants'), await rowsOf('launches')]).toEqual([0, 0]);
});
