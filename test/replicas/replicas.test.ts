/** Several processes on one PostgreSQL: what one does, the others know; what two do at once, is done once. */

import { verifyView } from '@refloop/server/audit/verify';
import type { Plan } from '@refloop/server/client/approval';
import { createKeyRing } from '@refloop/server/crypto/key-ring';
import { directoryBytes } from '@refloop/server/directory/snapshot';
import { DEVELOPMENT_KEY } from '@refloop/server/environment/keys';
import { testDirectory } from '@refloop/server/services/test-referral-api';
import { approveInput, chart, type Made, makeInput, match } from '@refloop/server/services/test-referral-input';
import { openPostgresStore } from '@refloop/server/store/postgres/store';
import type { Store } from '@refloop/server/store/store';
import { processes, type Started, statusOf, untilReady } from '@refloop/server/test-process';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tools/test-database.ts';
import { type ForeignEhr, startForeignEhr } from '../foreign/foreign-ehr.ts';
import { writeSitesFile } from '../foreign/refloop.ts';

const ASKED = 'launch openid fhirUser patient/*.cruds user/Practitioner.rs user/PractitionerRole.rs';
const PATIENT = 'pat-1';

let database: TestDatabase;
let owner: pg.Pool;
let ehr: ForeignEhr;
let sites: ReturnType<typeof writeSitesFile>;
let started: ReturnType<typeof processes>;
let store: Store;
let first: Started;
let second: Started;
let worker: Started;
let counter = 0;

const settings = (only?: string): Record<string, string> => ({
  REFLOOP_SITES: sites.file,
  REFLOOP_SANDBOX: 'off',
  ...(only === undefined ? {} : { REFLOOP_ONLY: only }),
});

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Pool({ connectionString: database.url, max: 2 });
  ehr = await startForeignEhr({ people: [{ id: PATIENT, family: 'Abernathy' }] });
  sites = writeSitesFile([ehr.siteEntry('foreign', { admins: ['Practitioner/dr-okafor'] })]);
  started = processes(database.url);
  // All at the same moment, on a database in which nothing is yet.
  [first, second, worker] = await Promise.all([
    started.start(settings('api')),
    started.start(settings('api')),
    started.start(settings('worker')),
  ]);
  await Promise.all([first, second, worker].map((each) => untilReady(each)));
  store = await openPostgresStore({
    url: database.url,
    keyRing: createKeyRing([DEVELOPMENT_KEY]),
    newId: () => `test-${(counter += 1)}`,
    poolSize: 2,
  });
});
afterAll(async () => {
  await store?.close();
  await started?.endAll();
  await owner?.end();
  await ehr?.close();
  sites?.remove();
  await database?.drop();
});
const extra: Started[] = [];
afterEach(async () => {
  for (const one of extra.splice(0)) {
    one.child.kill('SIGTERM');
    await one.ended;
  }
});

type Answer = { status: number; body: Record<string, unknown> };

async function call(replica: Started, method: string, path: string, token?: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${replica.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

async function signIn(replica: Started): Promise<string> {
  const token = await ehr.authorization.grant({ patient: PATIENT }, ASKED, new Date());
  const given = { iss: ehr.iss, idToken: token.id_token, accessToken: token.access_token, patient: PATIENT };
  const opened = await call(replica, 'POST', '/sessions', undefined, given);
  expect(opened).toMatchObject({ status: 201 });
  return opened.body['token'] as string;
}

const count = async (sql: string): Promise<number> => (await owner.query<{ n: number }>(sql)).rows[0]?.n ?? -1;
const chain = () => store.auditTrail.view((view) => verifyView(view, new Date()));
const waiting = () => count('select count(*)::int as n from audit_pending');

let published = false;
async function publish(): Promise<void> {
  if (published) return;
  published = true;
  const { hash, bytes } = await directoryBytes(testDirectory());
  await store.directory.publish({ hash, asOf: '2026-11-18', counts: {}, synthetic: true, publishedAt: new Date().toISOString() }, bytes);
}

test('started at the same moment on an empty database, they migrate it once', async () => {
  const names = await owner.query<{ name: string }>('select name from schema_migration');
  expect(new Set(names.rows.map(({ name }) => name)).size).toBe(names.rows.length);
  expect([first, second, worker].map(({ child }) => child.exitCode)).toEqual([null, null, null]);
  expect(await count('select count(*)::int as n from instance_key')).toBe(1);
});

test('a session opened on one is good on the other, and ended on both', async () => {
  const token = await signIn(first);
  expect(await call(second, 'GET', '/sessions/current', token)).toMatchObject({ status: 200, body: { patient: PATIENT } });
  expect((await call(second, 'DELETE', '/sessions/current', token)).status).toBe(204);
  expect((await call(first, 'GET', '/sessions/current', token)).status).toBe(401);
});

test('an id_token sent to both at once opens one session', async () => {
  const token = await ehr.authorization.grant({ patient: PATIENT }, ASKED, new Date());
  const given = { iss: ehr.iss, idToken: token.id_token, accessToken: token.access_token, patient: PATIENT };
  const answers = await Promise.all([first, second].map((replica) => call(replica, 'POST', '/sessions', undefined, given)));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 401]);
});

test('a directory published once is in force on both, and answers with the same bytes', async () => {
  const token = await signIn(first);
  await publish();
  const answers = async (): Promise<Answer[]> =>
    Promise.all([first, second].map((replica) => call(replica, 'POST', '/match', token, match())));
  await expect.poll(async () => (await answers()).map(({ status }) => status)).toEqual([200, 200]);
  const [one, other] = await answers();
  expect(one?.body).toMatchObject({ ranked: [1, 2, 3, 4].map((n) => ({ entryId: `entry-${n}` })) });
  expect(JSON.stringify(one?.body)).toBe(JSON.stringify(other?.body));
});

test('an approval sent to both at once is one approval, and one window gets the lease', async () => {
  const token = await signIn(first);
  await publish();
  for (let turn = 0; turn < 5; turn += 1) {
    const input = makeInput({ chart: chart() });
    const made = await call(first, 'POST', '/recommendations', token, input);
    expect(made.status).toBe(201);
    const approval = approveInput(made.body as Made, input);
    const plans = await Promise.all([first, second].map((replica) => call(replica, 'POST', '/approvals', token, approval)));
    expect(plans.map(({ status }) => status)).toEqual([201, 201]);
    const ids = new Set(plans.map(({ body }) => (body as Plan).id));
    expect(ids.size).toBe(1);
    const [id = ''] = ids;
    const recommendation = String(made.body['id']);
    const approvals = await owner.query('select 1 from approval where recommendation_id = $1', [recommendation]);
    expect(approvals.rowCount).toBe(1);
    const leases = await Promise.all(
      [first, second].map((replica, window) => call(replica, 'POST', `/plans/${id}/lease`, token, { holder: `window-${window}-${turn}` })),
    );
    expect(leases.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  }
});

test('two workers, one killed in the middle: each entry has one number, none is left out', async () => {
  const another = await started.start(settings('worker'));
  await untilReady(another);
  const token = await signIn(first);
  const grant = { fhirUser: 'Practitioner/1', roles: ['lead'], reason: 'For the test' };
  const write = async (replica: Started, name: string): Promise<void> => {
    for (let turn = 0; turn < 60; turn += 1) {
      expect((await call(replica, 'PUT', `/grants/${name}-${turn}`, token, grant)).status).toBe(200);
    }
  };
  const writers = Promise.all([write(first, 'a'), write(second, 'b')]);
  await expect.poll(() => count('select count(*)::int as n from audit_chain')).toBeGreaterThan(20);
  another.child.kill('SIGKILL');
  await another.ended;
  await writers;
  await expect.poll(waiting).toBe(0);
  const entries = await count('select count(*)::int as n from audit_entry');
  expect(entries).toBeGreaterThan(120);
  expect(await chain()).toMatchObject({ status: 'whole', rows: entries });
});

test('the API alone numbers nothing; a worker that comes takes up what waits', async () => {
  worker.child.kill('SIGTERM');
  expect(await worker.ended).toEqual([0, null]);
  expect(await waiting()).toBe(0);
  await signIn(first);
  await new Promise((done) => setTimeout(done, 1500));
  expect(await waiting()).toBe(1);
  worker = await started.start(settings('worker'));
  await expect.poll(waiting).toBe(0);
});

test.each(['worker', 'gateway'])('the %s tells its health and serves nothing else', async (only) => {
  const part = await started.start(settings(only));
  extra.push(part);
  await untilReady(part);
  expect(await statusOf(`${part.url}/health/live`)).toBe(200);
  for (const path of ['/', '/app', '/launch', '/sites', '/openapi.json', '/sessions/current', '/match']) {
    expect({ path, status: await statusOf(`${part.url}${path}`) }).toEqual({ path, status: 404 });
  }
  expect(await statusOf(`${part.url}/sessions`, { method: 'POST', body: '{}' })).toBe(404);
});

test('the gateway follows no directory and numbers nothing', async () => {
  worker.child.kill('SIGTERM');
  await worker.ended;
  extra.push(await started.start(settings('gateway')));
  await untilReady(extra[0] as Started);
  await signIn(first);
  await new Promise((done) => setTimeout(done, 1500));
  expect(await waiting()).toBe(1);
  const listening = await owner.query<{ application_name: string }>(
    `select distinct application_name from pg_stat_activity where datname = current_database() and query like 'listen refloop_directory'`,
  );
  expect(listening.rows.map(({ application_name: name }) => name)).toEqual(['refloop api']);
});
