/** Loading the simulated history into a real PostgreSQL: sealed as all else is, whole wherever it was ended, and never twice. */
import { randomBytes } from 'node:crypto';
import { STATUS_WORDS } from '@refloop/domain/referral/status';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { verifyAudit } from '../audit/verify.ts';
import { createKeyRing } from '../crypto/key-ring.ts';
import { DEVELOPMENT_KEY } from '../environment/keys.ts';
import { differingReferrals } from '../services/projections.ts';
import { readReferral } from '../services/referral-log.ts';
import { type BulkLoad, openBulkLoad } from '../store/postgres/bulk-load.ts';
import { openKeyRotation } from '../store/postgres/rotation.ts';
import type { Scope, Unit } from '../store/store.ts';
import { openTestStore, type TestStore } from '../store/test-store.ts';
import { isOpen } from './invariants.ts';
import { type HistoryOptions, type HistoryOutcome, loadHistory } from './load-history.ts';
import { simulation } from './simulate.ts';
import { startLoader } from './test-loader.ts';

const NOW = new Date('2026-11-28T15:00:30.000Z');
const UNTIL = new Date('2026-11-28T15:00:00.000Z');
const SEED = 'a loading test';
const REFERRALS = 260;
const scope: Scope = { tenant: 'sandbox', issuer: 'http://localhost:4010/fhir', site: 'Sandbox' };

let opened: TestStore;
const loads: BulkLoad[] = [];

beforeEach(async () => {
  opened = await openTestStore();
  await opened.store.enrol(scope);
});
afterEach(async () => {
  for (const each of loads.splice(0)) await each.close();
  await opened.close();
});

async function opens(): Promise<BulkLoad> {
  let counter = 0;
  const prefix = randomBytes(4).toString('hex');
  const newId = (): string => `${prefix}-${(counter += 1)}`;
  const load = await openBulkLoad({ url: opened.url, keyRing: createKeyRing([DEVELOPMENT_KEY]), newId, scope });
  loads.push(load);
  return load;
}

const loading = async (more: Partial<HistoryOptions> = {}): Promise<HistoryOutcome> =>
  loadHistory({ load: await opens(), seed: SEED, referrals: REFERRALS, now: () => NOW, staffing: async () => ({}), atOnce: 60, ...more });

const within = <Value>(work: (unit: Unit) => Promise<Value>): Promise<Value> => opened.store.transaction(scope, work);
const history = () => within((unit) => unit.historyLoads.get());
const expected = [...simulation({ seed: SEED, referrals: REFERRALS, until: UNTIL }).referrals()];
const eventCount = expected.reduce((sum, { events }) => sum + events.length, 0);

/** Everything is there once, and is what the generator made. */
async function expectWhole(): Promise<void> {
  expect(await differingReferrals(opened.store, scope)).toEqual([]);
  const ids = await within((unit) => unit.events.referralIds());
  expect(ids).toEqual(expected.map(({ referralId }) => referralId));
  for (const each of [expected[0], expected[133], expected.at(-1)]) {
    expect(await within((unit) => readReferral(unit, each?.referralId ?? ''))).toEqual(each?.referral);
  }
  const counts = await opened.asOwner<{ table: string; rows: number }>(
    `select 'events' as table, count(*)::int as rows from referral_event union all select 'referrals', count(*)::int from referral
     union all select 'keys', count(*)::int from data_key where owner like 'referral/%'
     union all select 'audit', count(*)::int from audit_entry`,
  );
  expect(Object.fromEntries(counts.map(({ table, rows }) => [table, rows]))).toEqual({
    events: eventCount,
    referrals: REFERRALS,
    keys: REFERRALS,
    audit: 1,
  });
  expect(await history()).toMatchObject({ loaded: REFERRALS, events: eventCount, finishedAt: NOW.toISOString() });
  expect(await verifyAudit(opened.store.auditTrail, NOW)).toMatchObject({ status: 'whole', rows: 1 });
}

describe('a history that is loaded', () => {
  test('is all there, with one audit entry that says what it was and names no patient', async () => {
    const progress: number[] = [];
    expect(await loading({ progress: (loaded) => progress.push(loaded) })).toEqual({
      status: 'loaded',
      referrals: REFERRALS,
      events: eventCount,
    });
    expect(progress).toEqual([60, 120, 180, 240, 260]);
    await expectWhole();
    const [entry] = await opened.asOwner<{ text: string }>(`select convert_from(entry, 'UTF8') as text from audit_entry`);
    expect(JSON.parse(entry?.text ?? '')).toMatchObject({ action: 'simulated-history.loaded', subjectRef: null, referralId: null });
  });

  test('is loaded once: the next start finds it there', async () => {
    await loading();
    expect(await loading({ seed: 'another', referrals: 7 })).toEqual({ status: 'was loaded before' });
    await expectWhole();
  });

  test('owes what the domain says is due: each open referral to somebody, by a time', async () => {
    await loading();
    for (const { referralId, referral } of expected) {
      const owed = await within((unit) => unit.obligations.list({ status: 'open', referralId }));
      if (isOpen(referral)) expect(owed.length, referralId).toBeGreaterThan(0);
      for (const each of owed) {
        expect(each.owner).toMatch(/^sim-(clinician|coordinator)-\d+$/);
        expect(Date.parse(each.dueAt)).toBeGreaterThan(0);
        expect(each.content).toMatchObject({ patientName: expect.stringMatching(/^Simulated patient \d{5}$/) });
      }
    }
  });

  test('names who owes it, and gives none of them a role', async () => {
    await loading();
    const grants = await within((unit) => unit.grants.list());
    const owed = await within((unit) => unit.obligations.list({ status: 'open', limit: 10_000 }));
    const named = new Map(grants.map(({ subject, name }) => [subject, name]));
    const [clinician, coordinator] = ['clinician', 'coordinator'].map((role) =>
      owed.map(({ owner }) => owner ?? '').find((owner) => owner.startsWith(`sim-${role}-`)),
    );
    expect(named.get(clinician ?? '')).toMatch(/^Simulated clinician \d\d$/);
    expect(named.get(coordinator ?? '')).toMatch(/^Simulated coordinator \d$/);
    expect(owed.filter(({ owner }) => !named.has(owner ?? ''))).toEqual([]);
    expect(grants.flatMap(({ roles }) => roles)).toEqual([]);
  });

  test('is named at the next start where an earlier version loaded it', async () => {
    await loading();
    await opened.asOwner('delete from role_grant');
    expect(await loading()).toEqual({ status: 'was loaded before' });
    expect((await within((unit) => unit.grants.list())).map(({ name }) => name)).toContain('Simulated coordinator 1');
  });

  test('is sealed: no table shows a patient, a reason or a language; statuses alone are in the clear', async () => {
    await loading();
    const tables = ['referral_event', 'referral', 'obligation', 'data_key', 'audit_entry', 'history_load'];
    // Of bytes PostgreSQL shows the hexadecimal digits.
    const words = ['sim-patient', 'Simulated patient', 'Kestrel', 'language'];
    const shown = [...words, ...words.map((word) => Buffer.from(word).toString('hex'))];
    for (const table of tables) {
      const [found] = await opened.asOwner<{ rows: number }>(`select count(*)::int as rows from ${table} t where t::text like any ($1)`, [
        shown.map((word) => `%${word}%`),
      ]);
      expect([table, found?.rows]).toEqual([table, 0]);
    }
    const statuses = await opened.asOwner<{ status: string }>('select distinct status from referral');
    for (const { status } of statuses) expect(STATUS_WORDS).toContain(status);
    const patientId = expected[0]?.patientId ?? '';
    expect((await within((unit) => unit.referrals.listByPatient(patientId))).map((row) => row.referralId)).toContain(
      expected[0]?.referralId,
    );
  });

  test('leaves nothing for reconciliation to look up in an EHR', async () => {
    await loading();
    expect(await within((unit) => unit.plans.listLookDue('2099-01-01T00:00:00.000Z', 10))).toEqual([]);
  });
});

describe('a load that was ended', () => {
  test('by kill -9 at any moment goes on where it stood, and nothing is there twice', async () => {
    // Right after a transaction, and while the next is made and written.
    for (const [referrals, milliseconds] of [
      [60, 0],
      [120, 25],
      [180, 45],
    ] as const) {
      const loader = startLoader({ url: opened.url, scope, seed: SEED, referrals: REFERRALS, atOnce: 60, now: NOW.toISOString() });
      await loader.loaded(referrals);
      await new Promise((done) => setTimeout(done, milliseconds));
      loader.kill();
      await loader.ended;
      const stands = await history();
      expect(stands?.loaded).toBeGreaterThanOrEqual(referrals);
      expect(stands?.finishedAt).toBeNull();
      // What is there is whole already, and no more of it than the record says.
      expect(await differingReferrals(opened.store, scope)).toEqual([]);
      expect(await within((unit) => unit.events.referralIds())).toHaveLength(stands?.loaded ?? -1);
    }
    expect(await loading()).toMatchObject({ status: 'loaded' });
    await expectWhole();
  });

  test('by an error in the middle of a transaction leaves nothing of it: what is there and what is counted agree', async () => {
    const load = await opens();
    let transactions = 0;
    const breaking: BulkLoad = {
      ...load,
      transaction: (work) =>
        load.transaction((unit) =>
          work({
            ...unit,
            addReferrals: async (referrals) => {
              await unit.addReferrals(referrals);
              transactions += 1;
              if (transactions === 3) throw new Error('Broken off.');
            },
          }),
        ),
    };
    await expect(loading({ load: breaking })).rejects.toThrow('Broken off.');
    expect((await history())?.loaded).toBe(120);
    expect(await within((unit) => unit.events.referralIds())).toHaveLength(120);
    expect(await loading()).toMatchObject({ status: 'loaded' });
    await expectWhole();
  });
});

describe('others at the same time', () => {
  test('of two processes one loads', async () => {
    const [one, other] = [await opens(), await opens()];
    const outcomes = await Promise.all([loading({ load: one }), loading({ load: other })]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['another process loads it', 'loaded']);
    await expectWhole();
  });

  test('keys that are rotated meanwhile leave nothing under a key that is gone', async () => {
    let counter = 0;
    const rotation = await openKeyRotation({
      url: opened.url,
      keyRing: createKeyRing([DEVELOPMENT_KEY]),
      newId: () => `rotation-${(counter += 1)}`,
    });
    const rotations: Promise<unknown>[] = [];
    const actor = { subject: 'test', fhirUser: null, sessionId: null };
    try {
      await loading({
        progress: (loaded) => {
          if (loaded === 60 || loaded === 180) rotations.push(rotation.rotate({ actor, now: () => NOW, progress: () => undefined }));
        },
      });
      expect(await Promise.all(rotations)).toMatchObject([{ status: 'rotated' }, { status: expect.any(String) }]);
    } finally {
      await rotation.close();
    }
    expect(await differingReferrals(opened.store, scope)).toEqual([]);
    expect(await within((unit) => unit.events.referralIds())).toHaveLength(REFERRALS);
  });
});
