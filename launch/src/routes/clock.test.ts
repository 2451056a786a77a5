/** The clock over HTTP, and what of the EHR goes by it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrateClock, postgresClockStore } from '../clock/clock-store.ts';
import { openSandboxClock, type SandboxClock } from '../clock/sandbox-clock.ts';
import { clockRoutes } from './clock.ts';
import { EHR, FHIR_BASE, fetchTokens, openTestEhr, signIn, type TestEhr } from './test-ehr.ts';

let ehr: TestEhr;
let clock: SandboxClock;
let app: ReturnType<typeof clockRoutes>;
let from = '127.0.0.1';

const open = (): Promise<SandboxClock> =>
  openSandboxClock({
    store: postgresClockStore(ehr.pool),
    machineTime: ehr.machineTime,
    wait: () => new Promise((done) => setImmediate(done)),
    failed: (error) => expect.fail(String(error)),
  });

beforeAll(async () => {
  ehr = await openTestEhr();
  await migrateClock(ehr.pool);
  clock = await open();
  ehr.goBy(clock.now);
  app = clockRoutes({ clock: () => clock, origin: EHR, remoteAddress: () => from });
});
afterAll(() => ehr.close());

const ask = async (path: string, body?: unknown, headers: Record<string, string> = {}) => {
  const response = await app.request(`${EHR}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const there = (): Promise<void> => expect.poll(() => clock.state().run, { interval: 1 }).toBeUndefined();

test('a day on: who was signed in still is, a token still opens, and what is written is of the clock', async () => {
  const cookie = await signIn(ehr);
  const { access_token: token } = await fetchTokens(ehr);
  const before = clock.now().getTime();
  expect((await ask('/clock', { forward: 'P1D' })).status).toBe(202);
  expect((await ask('/clock', { forward: 'PT1H' })).status).toBe(409);
  await there();
  expect((await ehr.app.request(`${EHR}/patients`, { headers: { cookie } })).status).toBe(200);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' };
  const order = (await (await ehr.app.request(`${FHIR_BASE}/ServiceRequest/order-a`, { headers })).json()) as object;
  const written = await ehr.app.request(`${FHIR_BASE}/ServiceRequest/order-a`, { method: 'PUT', headers, body: JSON.stringify(order) });
  const { meta } = (await written.json()) as { meta: { lastUpdated: string } };
  expect(Date.parse(meta.lastUpdated) - before).toBeGreaterThanOrEqual(86_400_000);
});

test('opened anew on the same database it is where it was', async () => {
  const { aheadMilliseconds } = clock.state();
  expect(aheadMilliseconds).toBeGreaterThan(0);
  expect((await open()).state().aheadMilliseconds).toBe(aheadMilliseconds);
  await postgresClockStore(ehr.pool).keep({ aheadMilliseconds: 0, reached: new Date(0) });
  expect((await open()).state().aheadMilliseconds).toBe(aheadMilliseconds);
});

test.each([
  ['backward', { forward: '-P1D' }],
  ['nowhere', { forward: 'PT0H' }],
  ['too far', { forward: 'P93D' }],
  ['too fast', { forward: 'P1D', speed: 1_000_000 }],
  ['neither way', {}],
  ['by a word of its own', { backward: 'P1D' }],
  ['with staff and no play', { forward: 'P1D', staff: true }],
])('%s it is not moved, and the field is named', async (_what, body) => {
  const { now } = clock.state();
  expect(await ask('/clock', body)).toMatchObject({ status: 400, body: { error: 'invalid_request', field: expect.any(String) } });
  expect(clock.state().now).toEqual(now);
});

test('from another machine, or a page of another site, it is neither read nor moved', async () => {
  expect((await ask('/clock', { forward: 'P1D' }, { origin: 'https://elsewhere.example' })).status).toBe(403);
  from = '192.0.2.7';
  for (const [path, body] of [['/clock'], ['/clock', { forward: 'P1D' }], ['/clock/followers', { name: 'x' }]] as const)
    expect((await ask(path, body)).status).toBe(403);
  from = '127.0.0.1';
  expect(clock.state().run).toBeUndefined();
});

test('its page moves it, and a form from elsewhere does not', async () => {
  const form = (origin: string, fields: Record<string, string>) =>
    app.request(`${EHR}/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin },
      body: new URLSearchParams(fields),
    });
  const page = await (await app.request(`${EHR}/clock`, { headers: { accept: 'text/html' } })).text();
  expect(page).toContain('name="forward" value="P14D"');
  const before = clock.now().getTime();
  // Loopback, and yet not a page of this EHR: Refloop's own pages may not move it.
  expect((await form('http://127.0.0.1:4020', { forward: 'PT1H' })).status).toBe(403);
  expect((await form(EHR, { forward: 'PT1H' })).status).toBe(303);
  await there();
  expect(clock.now().getTime() - before).toBe(3_600_000);
});
