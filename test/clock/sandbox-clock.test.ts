/**
 * The sandbox's clock and Refloop, that follows it, by its routes: what falls within a long way happens in order and at its own time. The engine, its
 * store in memory and the default policy are the product's.
 */
import { openSandboxClock, type SandboxClock } from '@refloop/launch/clock/sandbox-clock';
import { clockRoutes } from '@refloop/launch/routes/clock';
import { followSandbox } from '@refloop/server/clock/follow-sandbox';
import { createPracticeClock, type PracticeClock } from '@refloop/server/clock/practice-clock';
import { createDueReferrals } from '@refloop/server/services/engine/due-referrals';
import { keepFirstPolicy } from '@refloop/server/services/engine/policy-in-force';
import { happens, putInForce } from '@refloop/server/services/engine/test-in-force';
import { openMemoryStore } from '@refloop/server/store/memory/store';
import { afterAll, beforeAll, expect, test } from 'vitest';

const HOUR_MS = 3_600_000;
/** A Monday, ten in the morning in Chicago. The machine's clock stands there. */
const START = Date.parse('2026-11-16T16:00:00.000Z');
const machineTime = (): Date => new Date(START);

let sandbox: SandboxClock;
let practice: PracticeClock;
let counter = 0;
const newId = (): string => `id-${(counter += 1).toString().padStart(8, '0')}`;
const store = openMemoryStore({ newId, indexRoot: new Uint8Array(32) });
const scope = { tenant: 'sandbox', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };
const failures: unknown[] = [];
const lived: Date[] = [];
const stoodAt: Date[] = [];
const failed = (error: unknown): void => void failures.push(error);
let following: ReturnType<typeof followSandbox>;

const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

beforeAll(async () => {
  sandbox = await openSandboxClock({
    store: { read: async () => undefined, keep: async () => undefined },
    machineTime,
    wait: () => pause(0),
    failed,
  });
  const app = clockRoutes({ clock: () => sandbox, origin: 'http://localhost:4010', remoteAddress: () => '127.0.0.1' });
  practice = createPracticeClock(machineTime);
  const engine = createDueReferrals({ store, now: practice.now, failed });
  following = followSandbox({
    address: 'http://localhost:4010/clock',
    clock: practice,
    live: async () => {
      await engine.run();
      lived.push(practice.now());
    },
    stood: () => stoodAt.push(practice.now()),
    name: 'refloop',
    fetch: async (url, init) => app.request(url, init),
    pause,
    failed,
  });
  await following.known;
  await store.enrol(scope);
  await keepFirstPolicy(store, scope, 'America/Chicago', machineTime());
  for (const [subject, roles] of [
    ['kim', ['coordinator']],
    ['lena', ['lead']],
  ] as const)
    await store.transaction(scope, (unit) =>
      unit.grants.put({
        subject,
        fhirUser: `Practitioner/${subject}`,
        name: subject,
        roles: [...roles],
        grantedBy: 't',
        grantedAt: machineTime().toISOString(),
        reason: 't',
      }),
    );
});
afterAll(async () => {
  await following.stop();
  await sandbox.close();
});

test('an office says nothing for three days: each step reaches its person when it is due, one after the other', async () => {
  const at = machineTime().toISOString();
  await putInForce(store, scope, 'r1', at);
  // Putting it in force takes three seconds.
  const sentAt = START + 5000;
  await happens(store, scope, 'r1', new Date(sentAt).toISOString(), { type: 'send', transmissionId: 't', channel: 'link' });
  expect(sandbox.forward(new Date(START + 3 * 86_400_000), 20_160)).toBe('begun');
  await expect.poll(() => sandbox.state().run, { interval: 5 }).toBeUndefined();
  expect(practice.now()).toEqual(sandbox.now());
  expect(lived.length).toBeGreaterThan(72);
  await expect.poll(() => stoodAt, { interval: 5, message: 'It is told once that it stands, at the end.' }).toEqual([lived.at(-1)]);

  const events = await store.transaction(scope, (unit) => unit.events.read('r1'));
  const raised = events
    .filter(({ type }) => type === 'escalation-raised')
    .map(({ recordedAt, data }) => ({ recordedAt, ...(data as { rule: string }) }));
  // R117: a day without an answer; R118: two.
  expect(raised.slice(0, 2).map(({ rule }) => rule)).toEqual(['R117', 'R118']);
  const [first = '', second = ''] = raised.map(({ recordedAt }) => recordedAt);
  for (const [recordedAt, hours] of [
    [first, 24],
    [second, 48],
  ] as const) {
    const late = Date.parse(recordedAt) - sentAt - hours * HOUR_MS;
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThanOrEqual(HOUR_MS);
  }
  const times = events.map(({ recordedAt }) => recordedAt);
  expect(times).toEqual([...times].sort());
  expect(failures).toEqual([]);
});
