/** The store's contract: obligations. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Scope, Store, Unit } from '../store.ts';
import { AT, after, implementations, newScope } from './test-contract.ts';

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

  test('obligations: all that is open comes in parts by deadline, each behind the place where the one before ended', async () => {
    const parts = await store.transaction(scope, async (unit) => {
      const insert = (id: string, dueAt: string) =>
        unit.obligations.insert({ id, referralId: 'r1', kind: 'answer', raisedAt: AT, dueAt, owner: null, raisedBy: null, content: {} });
      await insert('b', after(5));
      await insert('Z', after(5));
      await insert('a', after(5));
      await insert('first', after(1));
      await insert('last', after(9));
      await insert('done', after(2));
      await unit.obligations.settle('done', { what: 'done', at: after(3) });
      const ids = async (question: Parameters<typeof unit.obligations.listOpen>[0]) =>
        (await unit.obligations.listOpen(question)).map(({ id }) => id).join(' ');
      return [
        await ids({ limit: 3 }),
        await ids({ limit: 3, after: { dueAt: after(5), id: 'a' } }),
        await ids({ limit: 3, after: { dueAt: after(2), id: 'done' } }),
        await ids({ limit: 3, after: { dueAt: after(9), id: 'last' } }),
      ];
    });
    expect(parts).toEqual(['first Z a', 'b last', 'Z a b', '']);
  });

  test('obligations: earliest first, raised once, taken, settled once', async () => {
    const obligation = (id: string, dueAt: string, kind = 'none-in-network') => ({
      id,
      referralId: 'r1',
      kind,
      raisedAt: AT,
      dueAt,
      owner: null,
      raisedBy: null,
      content: { detail: id },
    });
    const outcome = await store.transaction(scope, async (unit) => {
      await unit.obligations.insert(obligation('late', after(9)));
      await unit.obligations.insert(obligation('soon', after(5)));
      await unit.obligations.insert(obligation('other', after(1), 'unfinished-write-back'));
      await unit.obligations.insert(obligation('soon', after(0)));
      const ids = async (question: Parameters<typeof unit.obligations.list>[0]) =>
        (await unit.obligations.list(question)).map(({ id }) => id);
      return [
        await ids({ status: 'open' }),
        await ids({ status: 'open', kind: 'none-in-network', dueBefore: after(9) }),
        await unit.obligations.settle('soon', { what: 'take', owner: 'coordinator' }),
        await unit.obligations.settle('soon', { what: 'done', at: after(3), content: { detail: 'called' } }),
        await unit.obligations.settle('soon', { what: 'done', at: after(4) }),
        await unit.obligations.settle('none', { what: 'take', owner: 'coordinator' }),
        await unit.obligations.ids(),
        await unit.obligations.list({ status: 'done' }),
      ];
    });
    expect(outcome).toEqual([
      ['other', 'soon', 'late'],
      ['soon'],
      true,
      true,
      false,
      false,
      ['late', 'other', 'soon'],
      [
        {
          ...obligation('soon', after(5)),
          owner: 'coordinator',
          escalatedTo: null,
          status: 'done',
          settledAt: after(3),
          content: { detail: 'called' },
        },
      ],
    ]);
  });

  test('obligations that have changed since a mark: raised, revised, taken and done; never those of another organisation', async () => {
    const obligation = (id: string) => ({
      id,
      referralId: id,
      kind: 'answer',
      raisedAt: AT,
      dueAt: after(id.length),
      owner: null,
      raisedBy: null,
      content: { detail: id },
    });
    const within = <Value>(work: (unit: Unit) => Promise<Value>) => store.transaction(scope, work);
    const told = async (mark: string) => {
      const changes = await within((unit) => unit.obligations.changedSince(mark, 9));
      return changes && [changes.open.map(({ id }) => id), changes.done];
    };
    const marked = async () => within((unit) => unit.obligations.mark());
    await within(async (unit) => {
      for (const id of ['still', 'taken', 'revised', 'done']) await unit.obligations.insert(obligation(id));
    });
    const first = await marked();
    expect(await told(first)).toEqual([[], []]);
    await within((unit) => unit.obligations.settle('taken', { what: 'take', owner: 'kim' }));
    expect(await told(first)).toEqual([['taken'], []]);
    const { owner, dueAt, content } = obligation('revised');
    await within((unit) => unit.obligations.settle('revised', { what: 'revise', owner, dueAt, escalatedTo: 'lena', content }));
    await within((unit) => unit.obligations.settle('done', { what: 'done', at: after(1) }));
    await within((unit) => unit.obligations.insert(obligation('new')));
    const other = { ...scope, tenant: `${scope.tenant} other` };
    await store.enrol(other);
    await store.transaction(other, (unit) => unit.obligations.insert(obligation('elsewhere')));
    expect(await told(first)).toEqual([['new', 'taken', 'revised'], ['done']]);
    expect(await within((unit) => unit.obligations.changedSince(first, 3)), 'more than asked for').toBeUndefined();
    expect(await told(await marked())).toEqual([[], []]);
    if (implementation.name === 'PostgreSQL')
      for (const odd of ['', '7', '9:7:', '5:9:8,6', '5:9:4', '0:0:', '5:9:6;drop'])
        expect(await told(odd), `“${odd}” is no snapshot`).toBeUndefined();
  });

  test('obligations counted by kind, owner and age; overdue and due soon; those of another organisation are not', async () => {
    const obligation = (id: string, kind: string, owner: string | null, raisedAt: string, dueAt: string, referralId = id) => ({
      id,
      referralId,
      kind,
      raisedAt,
      dueAt,
      owner,
      raisedBy: null,
      content: { detail: id },
    });
    const other = { ...scope, tenant: `${scope.tenant} other` };
    await store.enrol(other);
    await store.transaction(other, (unit) => unit.obligations.insert(obligation('elsewhere', 'answer', 'lee', after(0), after(1))));
    const outcome = await store.transaction(scope, async (unit) => {
      await unit.obligations.insert(obligation('before-first-bound', 'answer', 'lee', after(9), after(19)));
      await unit.obligations.insert(obligation('on-first-bound', 'answer', 'lee', after(10), after(20)));
      await unit.obligations.insert(obligation('due-now', 'answer', 'lee', after(11), after(30), 'on-first-bound'));
      await unit.obligations.insert(obligation('due-soon', 'answer', null, after(11), after(39)));
      await unit.obligations.insert(obligation('due-later', 'note', 'lee', after(25), after(40)));
      await unit.obligations.insert(obligation('done', 'note', 'lee', after(25), after(26)));
      await unit.obligations.settle('done', { what: 'done', at: after(27) });
      const ids = async (question: Omit<Parameters<typeof unit.obligations.list>[0], 'status'>) =>
        (await unit.obligations.list({ status: 'open', ...question })).map(({ id }) => id);
      return [
        await unit.obligations.countOpen({ now: after(30), soon: after(40), bounds: [after(10), after(20)] }),
        await ids({ raisedFrom: after(10), raisedBefore: after(25) }),
        await ids({ dueFrom: after(30), dueBefore: after(40) }),
      ];
    });
    expect(outcome).toEqual([
      {
        referrals: 4,
        counts: [
          { kind: 'answer', owner: null, age: 1, open: 1, overdue: 0, atRisk: 1, oldest: after(11) },
          { kind: 'answer', owner: 'lee', age: 0, open: 1, overdue: 1, atRisk: 0, oldest: after(9) },
          { kind: 'answer', owner: 'lee', age: 1, open: 2, overdue: 1, atRisk: 1, oldest: after(10) },
          { kind: 'note', owner: 'lee', age: 2, open: 1, overdue: 0, atRisk: 0, oldest: after(25) },
        ],
      },
      ['on-first-bound', 'due-now', 'due-soon'],
      ['due-now', 'due-soon'],
    ]);
  });

  test('obligations by whose they are, by whose doing they follow from, and since when they are settled', async () => {
    const obligation = (id: string, owner: string | null, raisedBy: string | null) => ({
      id,
      referralId: 'r1',
      kind: 'to-sign',
      raisedAt: AT,
      dueAt: AT,
      owner,
      raisedBy,
      content: { detail: id },
    });
    const outcome = await store.transaction(scope, async (unit) => {
      await unit.obligations.insert(obligation('a', 'lee', 'ortiz'));
      await unit.obligations.insert(obligation('b', 'moss', 'ortiz'));
      await unit.obligations.insert(obligation('c', 'lee', 'tran'));
      await unit.obligations.insert(obligation('d', null, null));
      await unit.obligations.settle('c', { what: 'done', at: after(10) });
      await unit.obligations.settle('b', { what: 'done', at: after(5) });
      const ids = async (question: Parameters<typeof unit.obligations.list>[0]) =>
        (await unit.obligations.list(question)).map(({ id }) => id).join('');
      return [
        await ids({ status: 'open', owner: 'lee' }),
        await ids({ status: 'done', owner: 'lee' }),
        await ids({ status: 'open', raisedBy: 'ortiz' }),
        await ids({ status: 'done', raisedBy: 'ortiz', owner: 'lee' }),
        await ids({ status: 'done', settledSince: after(6) }),
        await ids({ status: 'done', settledSince: after(5) }),
        (await unit.obligations.get('a'))?.raisedBy,
        (await unit.obligations.get('d'))?.raisedBy,
      ];
    });
    expect(outcome).toEqual(['a', 'c', 'a', '', 'c', 'bc', 'ortiz', null]);
  });
});
