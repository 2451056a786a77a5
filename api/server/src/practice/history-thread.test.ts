/** The thread that loads the simulated history beside the product. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { exampleDirectory, exampleEntry } from '@refloop/domain/matching/example-directory';
import { isNpi, npiCheckDigit } from '@refloop/domain/network/npi';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DEVELOPMENT_KEY } from '../environment/keys.ts';
import { unitVectorOf } from '../matching/origin.ts';
import { differingReferrals } from '../services/projections.ts';
import { readReferral } from '../services/referral-log.ts';
import type { Scope } from '../store/store.ts';
import { openTestStore, type TestStore } from '../store/test-store.ts';
import { type HistoryThread, startHistoryThread } from './history-thread.ts';
import { staffingFrom } from './staffing.ts';

const scope: Scope = { tenant: 'sandbox', issuer: 'http://localhost:4010/fhir', site: 'Sandbox' };
/** They are kept 250 at a time: enough that more are to come when the first are seen. */
const SEVERAL_TIMES = 600;
const CHICAGO = { latitude: 41.9, longitude: -87.7 };
const DENVER = { latitude: 39.7, longitude: -105 };

const entryAt = (number: number, specialty: string, place: typeof CHICAGO) => {
  const nine = `2000000${String(number).padStart(2, '0')}`;
  const name = { family: `Family${number}`, given: 'Ana', credential: 'MD' };
  const entry = exampleEntry({ id: `e${number}`, npi: `${nine}${npiCheckDigit(nine)}`, specialty, name });
  return { ...entry, location: { ...entry.location, unit: unitVectorOf(place) } };
};
const entries = [
  ...Array.from({ length: 8 }, (_, at) => entryAt(at, 'cardiology', CHICAGO)),
  ...Array.from({ length: 5 }, (_, at) => entryAt(20 + at, 'dermatology', DENVER)),
];

let opened: TestStore;
let thread: HistoryThread | undefined;
beforeEach(async () => {
  opened = await openTestStore();
  await opened.store.enrol(scope);
});
afterEach(async () => {
  await thread?.stop();
  await opened.close();
});

const history = () => opened.store.transaction(scope, (unit) => unit.historyLoads.get());

function start(referrals: number): { loaded: Promise<unknown>; failures: unknown[] } {
  const failures: unknown[] = [];
  const loaded = new Promise((done) => {
    thread = startHistoryThread({
      databaseUrl: opened.url,
      keys: [DEVELOPMENT_KEY],
      scope,
      referrals,
      seed: 'a thread',
      now: () => new Date(),
      loaded: done,
      failed: (error) => failures.push(error),
      againMs: 100,
    });
  });
  return { loaded, failures };
}

async function publish(synthetic: boolean): Promise<void> {
  const bytes = gzipSync(JSON.stringify({ ...exampleDirectory(entries), synthetic }));
  const hash = createHash('sha256').update(bytes).digest('hex');
  await opened.store.directory.publish({ hash, asOf: '2026-11-18', counts: {}, synthetic, publishedAt: new Date().toISOString() }, bytes);
}

async function performersOf(specialty: string): Promise<string[]> {
  return opened.store.transaction(scope, async (unit) => {
    const found: string[] = [];
    for (const id of await unit.events.referralIds()) {
      const referral = await readReferral(unit, id);
      if (referral?.specialty === specialty) found.push(...referral.attempts.map(({ performer }) => performer.entryId));
    }
    return found;
  });
}

test('refers to people of the synthetic directory where it has them, and to invented ones where it has not', async () => {
  await publish(true);
  const { loaded, failures } = start(200);
  expect(await loaded).toMatchObject({ status: 'loaded', referrals: 200 });
  expect(failures).toEqual([]);
  const [cardiologists, dermatologists] = [await performersOf('cardiology'), await performersOf('dermatology')];
  expect(cardiologists.length).toBeGreaterThan(10);
  for (const entryId of cardiologists) expect(entryId).toMatch(/^e\d$/);
  expect(dermatologists.length).toBeGreaterThan(10);
  for (const entryId of dermatologists) expect(entryId).toMatch(/^simulated~/);
});

test('refers to nobody of a directory that is not synthetic', async () => {
  await publish(false);
  expect(await start(60).loaded).toMatchObject({ status: 'loaded' });
  for (const entryId of await performersOf('cardiology')) expect(entryId).toMatch(/^simulated~/);
});

test('stopped in the middle it leaves what is whole, and another goes on with it', async () => {
  const first = start(SEVERAL_TIMES);
  while (((await history())?.loaded ?? 0) === 0) await new Promise((done) => setTimeout(done, 20));
  await thread?.stop();
  const stands = await history();
  expect(stands?.finishedAt).toBeNull();
  expect(first.failures).toEqual([]);
  expect(await start(SEVERAL_TIMES).loaded).toMatchObject({ referrals: SEVERAL_TIMES });
  expect(await differingReferrals(opened.store, scope)).toEqual([]);
});

test('goes on by itself when PostgreSQL cut it off', async () => {
  const { loaded, failures } = start(SEVERAL_TIMES);
  while (((await history())?.loaded ?? 0) === 0) await new Promise((done) => setTimeout(done, 20));
  await opened.asOwner(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'refloop simulated history'`);
  expect(await loaded).toMatchObject({ referrals: SEVERAL_TIMES });
  expect(failures.length).toBeGreaterThan(0);
  expect(await opened.store.transaction(scope, (unit) => unit.events.referralIds())).toHaveLength(SEVERAL_TIMES);
});

test('nobody works in two offices, and all have a well-formed NPI', () => {
  const staffing = staffingFrom(entries, 'a seed');
  const npis = Object.values(staffing).flatMap((people) => people.map(({ npi }) => npi));
  expect(npis).toHaveLength(8);
  expect(new Set(npis).size).toBe(8);
  for (const npi of npis) expect(isNpi(npi)).toBe(true);
});
