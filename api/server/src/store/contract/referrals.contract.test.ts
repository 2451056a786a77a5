/** The store's contract: events, the referrals folded from them, and the load of a simulated history. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Scope, Store } from '../store.ts';
import { AT, after, event, implementations, newScope } from './test-contract.ts';

describe.each(implementations())('the store: $name', (implementation) => {
  let store: Store;
  let scope: Scope;

  beforeAll(async () => {
    store = await implementation.open();
  });
  afterAll(() => implementation.close());
  beforeEach(() => {
    scope = newScope();
  });

  describe('events', () => {
    test('come back in order as they were given', async () => {
      const given = [event('referral.drafted'), event('referral.approved', { effectiveAt: null, data: ['any', { json: null }] })];
      const read = await store.transaction(scope, async (unit) => {
        expect(await unit.events.append('r1', 0, given)).toEqual({ status: 'appended', sequence: 2, appended: 2 });
        return unit.events.read('r1');
      });
      expect(read).toEqual(given.map((one, index) => ({ ...one, referralId: 'r1', sequence: index + 1 })));
    });

    test('of all referrals are marked page by page, and read whole by id', async () => {
      const pages = await store.transaction(scope, async (unit) => {
        for (const id of ['r1', 'r2', 'r3', 'r4', 'r5']) {
          await unit.events.append(id, 0, [event('a', { data: id }), event('b', { factKey: `${id} v1` })]);
        }
        const found = [];
        for (let after = ''; ; ) {
          const page = await unit.events.marks({ after, limit: 2 });
          found.push(page.map(({ referralId }) => referralId));
          const last = page.at(-1);
          if (!last) return { found, count: await unit.events.count(), some: await unit.events.histories(['r5', 'missing', 'r2']) };
          after = last.referralId;
        }
      });
      expect(pages.found).toEqual([['r1', 'r2'], ['r3', 'r4'], ['r5'], []]);
      expect(pages.count).toBe(5);
      const read = await store.transaction(scope, (unit) => unit.events.read('r5'));
      expect(pages.some.map(({ referralId }) => referralId)).toEqual(['r5', 'r2']);
      expect(pages.some[0]).toEqual({ referralId: 'r5', events: read });
      expect(read).toHaveLength(2);
    });

    test('a mark stays while nothing is appended, and is another one afterwards', async () => {
      const marks = () => store.transaction(scope, (unit) => unit.events.marks({ after: '', limit: 9 }));
      await store.transaction(scope, async (unit) => {
        for (const id of ['r1', 'r2']) await unit.events.append(id, 0, [event('a', { data: id })]);
      });
      const before = await marks();
      expect(before.every(({ mark }) => mark !== null)).toBe(true);
      expect(new Set(before.map(({ mark }) => mark)).size).toBe(2);
      expect(await marks()).toEqual(before);
      await store.transaction(scope, (unit) => unit.events.append('r1', 1, [event('b')]));
      const [first, second] = await marks();
      expect([first?.mark === before[0]?.mark, second?.mark === before[1]?.mark]).toEqual([false, true]);
    });

    test('an append that rests on an old reading is a conflict and writes nothing', async () => {
      const outcome = await store.transaction(scope, async (unit) => {
        await unit.events.append('r1', 0, [event('a'), event('b')]);
        return [await unit.events.append('r1', 1, [event('c')]), (await unit.events.read('r1')).length];
      });
      expect(outcome).toEqual([{ status: 'conflict', sequence: 2 }, 2]);
    });

    test('of two that append together on the same reading, one is told of the conflict', async () => {
      const append = (type: string) => store.transaction(scope, (unit) => unit.events.append('r1', 0, [event(type)]));
      const answers = await Promise.all([append('a'), append('b'), append('c')]);
      expect(answers.map(({ status }) => status).sort()).toEqual(['appended', 'conflict', 'conflict']);
    });

    test('the same fact twice changes nothing, also with an old reading, also on another referral', async () => {
      const fact = event('appointment.observed', { factKey: 'ehr Appointment/9 v1' });
      const outcome = await store.transaction(scope, async (unit) => [
        await unit.events.append('r1', 0, [fact, fact]),
        await unit.events.append('r1', 0, [fact]),
        await unit.events.append('r2', 0, [fact]),
        await unit.events.append('r1', 1, [fact, event('note.read')]),
        (await unit.events.read('r1')).map(({ type, factKey }) => [type, factKey]),
        await unit.events.referralIds(),
      ]);
      expect(outcome).toEqual([
        { status: 'appended', sequence: 1, appended: 1 },
        { status: 'appended', sequence: 1, appended: 0 },
        { status: 'appended', sequence: 0, appended: 0 },
        { status: 'appended', sequence: 2, appended: 1 },
        [
          ['appointment.observed', 'ehr Appointment/9 v1'],
          ['note.read', undefined],
        ],
        ['r1'],
      ]);
    });
  });

  describe('referrals', () => {
    const row = (referralId: string, patientId: string, status = 'draft') => ({
      referralId,
      patientId,
      sequence: 1,
      status,
      updatedAt: AT,
      requester: null,
      ended: false,
      foldVersion: 2,
      state: { of: referralId },
    });

    test('of an older form of the fold are listed page by page, and made anew only where they still stand at the same event', async () => {
      const outcome = await store.transaction(scope, async (unit) => {
        for (const id of ['r1', 'r2', 'r3']) await unit.referrals.put({ ...row(id, '1'), foldVersion: 1 });
        await unit.referrals.put(row('r4', '1'));
        const older = (after: string) => unit.referrals.listOlder({ foldVersion: 2, after, limit: 2 });
        const pages = [await older(''), await older('r2'), await older('r3')];
        const renewed = [
          await unit.referrals.renew(row('r1', '1', 'approved')),
          await unit.referrals.renew({ ...row('r2', '1'), sequence: 2 }),
        ];
        const some = await unit.referrals.some(['r4', 'none', 'r1']);
        return [pages, renewed, await older(''), some];
      });
      expect(outcome).toEqual([
        [['r1', 'r2'], ['r3'], []],
        [true, false],
        ['r2', 'r3'],
        [row('r1', '1', 'approved'), row('r4', '1')],
      ]);
    });

    test('are found by whose they are, what moved last first, a page at a time; what ended, since when it is asked for', async () => {
      const later = (minutes: number): string => new Date(Date.parse(AT) + minutes * 60_000).toISOString();
      const own = (referralId: string, minutes: number, more: { requester?: string | null; ended?: boolean } = {}) => ({
        ...row(referralId, '1'),
        requester: 'lee',
        updatedAt: later(minutes),
        ...more,
      });
      const outcome = await store.transaction(scope, async (unit) => {
        const rows = [own('r1', 1), own('r2', 2, { ended: true }), own('r3', 3, { ended: true }), own('r4', 4), own('r5', 4)];
        for (const each of [...rows, own('r6', 9, { requester: 'other' }), own('r7', 9, { requester: null })])
          await unit.referrals.put(each);
        const list = (limit: number, after?: { updatedAt: string; referralId: string }) =>
          unit.referrals.listByRequester({ requester: 'lee', endedSince: later(3), ...(after ? { after } : {}), limit });
        const all = await list(10);
        const pages = [await list(2), await list(2, all[1]), await list(2, all[3])];
        return [all.at(-1), pages.map((page) => page.map(({ referralId }) => referralId))];
      });
      expect(outcome).toEqual([own('r1', 1), [['r5', 'r4'], ['r3', 'r1'], []]]);
    });

    test('are found by patient, replaced by a second put, and rebuilt as a whole', async () => {
      const outcome = await store.transaction(scope, async (unit) => {
        expect(await unit.referrals.any()).toBe(false);
        await unit.referrals.put(row('r2', '1'));
        expect(await unit.referrals.any()).toBe(true);
        await unit.referrals.put(row('r1', '1'));
        await unit.referrals.put(row('r3', '2'));
        await unit.referrals.put(row('r1', '1', 'approved'));
        const ofPatient = await unit.referrals.listByPatient('1');
        const one = await unit.referrals.get('r1');
        expect(await unit.referrals.ids()).toEqual(['r1', 'r2', 'r3']);
        await unit.referrals.rebuild(async () => [row('r9', '1')]);
        return [ofPatient.map(({ referralId, status }) => [referralId, status]), one, await unit.referrals.all()];
      });
      expect(outcome).toEqual([
        [
          ['r1', 'approved'],
          ['r2', 'draft'],
        ],
        row('r1', '1', 'approved'),
        [row('r9', '1')],
      ]);
    });
  });

  describe('the load of a simulated history', () => {
    const load = { seed: 'refloop', until: AT, referrals: 30_000, staffing: { 'cardiology-1': [] }, startedAt: AT };

    test('is begun once, and goes on from where it stands alone', async () => {
      await store.transaction(scope, async ({ historyLoads }) => {
        expect(await historyLoads.get()).toBeUndefined();
        const begun = { ...load, loaded: 0, events: 0, finishedAt: null };
        expect(await historyLoads.begin(load)).toEqual(begun);
        expect(await historyLoads.begin({ ...load, seed: 'another', referrals: 5 })).toEqual(begun);
        expect(await historyLoads.advance({ from: 0, to: 200, events: 3900, finishedAt: null })).toBe(true);
        expect(await historyLoads.advance({ from: 0, to: 200, events: 3900, finishedAt: null })).toBe(false);
        expect(await historyLoads.advance({ from: 200, to: 30_000, events: 100, finishedAt: after(9) })).toBe(true);
        expect(await historyLoads.advance({ from: 30_000, to: 30_000, events: 0, finishedAt: after(10) })).toBe(false);
        expect(await historyLoads.get()).toEqual({ ...load, loaded: 30_000, events: 4000, finishedAt: after(9) });
      });
    });

    test('is not seen from another scope', async () => {
      await store.transaction(scope, ({ historyLoads }) => historyLoads.begin(load));
      const other = { ...scope, issuer: 'https://another.example.org/fhir' };
      expect(await store.transaction(other, ({ historyLoads }) => historyLoads.get())).toBeUndefined();
    });
  });
});
