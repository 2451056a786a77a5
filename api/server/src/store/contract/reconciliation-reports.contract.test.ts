/** The store's contract: reports of what the EHR holds, and the write-backs that they walk through. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Scope, Store, Unit } from '../store.ts';
import { AT, after, implementations, newScope, plan } from './test-contract.ts';

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
  const within = <Value>(work: (unit: Unit) => Promise<Value>): Promise<Value> => store.transaction(scope, work);

  test('reports: one under way at a time, held by one, gone on with by another when its time is over, kept as it came out', async () => {
    const begun = { id: 'r1', startedAt: AT, askedBy: 'refloop', cursor: '' };
    const difference = { referralId: 'x', field: 'work', ours: 'sent', theirs: 'completed', truth: 'performer' } as const;
    const progress = { cursor: 'p2', looked: 2, unread: 1, differences: [difference], more: 0 };
    const answers = await within(async ({ reconciliationReports: reports }) => [
      await reports.begin(begun),
      await reports.begin({ ...begun, id: 'r2' }),
      await reports.take('r1', 'one', after(0), after(60)),
      await reports.take('r1', 'another', after(59), after(99)),
      await reports.advance('r1', 'another', after(99), progress),
      await reports.advance('r1', 'one', after(70), progress),
      await reports.take('r1', 'another', after(70), after(130)),
      await reports.advance('r1', 'one', after(99), { ...progress, looked: 9 }),
      await reports.finish('r1', 'one', after(100), 'done'),
      await reports.finish('r1', 'another', after(100), 'cut'),
      await reports.finish('r1', 'another', after(101), 'done'),
      await reports.take('r1', 'one', after(200), after(260)),
      await reports.begin({ ...begun, id: 'r2', startedAt: after(300) }),
    ]);
    expect(answers).toEqual([true, false, true, false, false, true, true, false, false, true, false, false, true]);
    const [under, list, cut] = await within(async ({ reconciliationReports: reports }) => [
      await reports.underWay(),
      await reports.list(9),
      await reports.list(1),
    ]);
    expect(under).toMatchObject({ id: 'r2', standing: 'under-way', looked: 0, differences: [], finishedAt: null });
    expect(list[1]).toEqual({ ...begun, ...progress, finishedAt: after(100), standing: 'cut' });
    expect([list.map(({ id }) => id), cut.map(({ id }) => id)]).toEqual([['r2', 'r1'], ['r2']]);
    expect(await store.transaction(newScope(), (unit) => unit.reconciliationReports.list(9))).toEqual([]);
  });

  test('write-backs in order of their ids, behind one of them and not older than told', async () => {
    const found = await within(async (unit) => {
      for (const id of ['c', 'a', 'b'])
        await unit.plans.insert(plan(id, { recommendationId: `rec-${id}`, madeAt: id === 'b' ? after(-9) : AT }));
      const ids = async (question: Parameters<typeof unit.plans.after>[0]) => (await unit.plans.after(question)).map(({ id }) => id);
      return [
        await ids({ after: '', madeSince: after(-99), limit: 9 }),
        await ids({ after: 'a', madeSince: after(-99), limit: 1 }),
        await ids({ after: '', madeSince: AT, limit: 9 }),
      ];
    });
    expect(found).toEqual([['a', 'b', 'c'], ['b'], ['a', 'c']]);
  });
});
