/** A process that is told to stop: nobody is sent there any more, what is open ends, a second signal hurries. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/test-database.ts';
import { processes, reasonOf, type Started, statusOf, untilReady } from './test-process.ts';
import { inHalves, openRaw } from './test-socket.ts';

let database: TestDatabase;
let started: ReturnType<typeof processes>;

beforeEach(async () => {
  database = await createTestDatabase();
  started = processes(database.url);
});
afterEach(async () => {
  await started.endAll();
  await database.drop();
});

async function ready(environment: Record<string, string> = {}): Promise<Started> {
  const refloop = await started.start(environment);
  await untilReady(refloop);
  return refloop;
}

const [firstHalf, secondHalf] = inHalves(
  '/sessions',
  JSON.stringify({ iss: 'https://nobody.example.org', idToken: 'token', accessToken: 'token' }),
);

/** Waits until nothing listens at its port any more. */
const untilClosed = ({ url }: Started) => expect.poll(() => statusOf(`${url}/health/live`)).toBe(0);

test('readiness turns first; new connections are still answered for the time that was set, and told to go elsewhere', async () => {
  const refloop = await ready({ REFLOOP_DRAIN_SECONDS: '2' });
  const told = performance.now();
  refloop.child.kill('SIGTERM');
  await expect.poll(() => statusOf(`${refloop.url}/health`), { interval: 20 }).toBe(503);
  expect(await reasonOf(refloop)).toContain('being stopped');
  const answer = await fetch(`${refloop.url}/sites`);
  expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
  expect(await statusOf(`${refloop.url}/health/live`)).toBe(200);
  expect(await refloop.ended).toEqual([0, null]);
  expect(performance.now() - told).toBeGreaterThan(2000);
});

test('a request that was under way is answered before the process ends, though the signal came twice at once', async () => {
  const refloop = await ready();
  const open = await openRaw(refloop.port);
  open.send(firstHalf);
  await expect.poll(() => statusOf(`${refloop.url}/health/live`)).toBe(200);
  refloop.child.kill('SIGINT');
  refloop.child.kill('SIGTERM');
  await untilClosed(refloop);
  open.send(secondHalf);
  await open.ended;
  expect(open.statuses()).toEqual([403]);
  expect(open.received()).toContain('/problems/unknown-issuer');
  expect(open.received().toLowerCase()).toContain('connection: close');
  expect(await refloop.ended).toEqual([0, null]);
});

test('a second signal cuts what does not end', async () => {
  const refloop = await ready();
  const open = await openRaw(refloop.port);
  open.send(firstHalf);
  const told = performance.now();
  refloop.child.kill('SIGTERM');
  await untilClosed(refloop);
  await new Promise((done) => setTimeout(done, Math.max(0, 1200 - (performance.now() - told))));
  refloop.child.kill('SIGTERM');
  await open.ended;
  expect(open.statuses()).toEqual([]);
  expect(await refloop.ended).toEqual([0, null]);
  expect(performance.now() - told, 'before the five seconds an open request has').toBeLessThan(4500);
});

test('a request that never ends is cut after five seconds, and the process ends with 0 all the same', async () => {
  const refloop = await ready();
  const open = await openRaw(refloop.port);
  open.send(firstHalf);
  const told = performance.now();
  refloop.child.kill('SIGTERM');
  expect(await refloop.ended).toEqual([0, null]);
  expect(performance.now() - told).toBeGreaterThan(4500);
});
