/** The store's contract: policies, timers, and obligations that are revised. */
import { defaultPolicy } from '@refloop/domain/sla/policy';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Scope, Store } from '../store.ts';
import { AT, after, implementations, newScope } from './test-contract.ts';

const policy = defaultPolicy({ timeZone: 'America/Chicago', opens: 8, closes: 17, holidays: ['2026-11-26'] });

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

  test('policies: each version once, the highest in force, of its own place alone', async () => {
    const version = (number: number) => ({
      policy: { ...policy, version: number },
      madeBy: 'lena',
      madeAt: AT,
      reason: `Version ${number}`,
    });
    const found = await store.transaction(scope, async (unit) => [
      await unit.slaPolicies.inForce(),
      await unit.slaPolicies.add(version(1)),
      await unit.slaPolicies.add(version(10)),
      await unit.slaPolicies.add(version(9)),
      await unit.slaPolicies.add({ ...version(10), reason: 'Another' }),
      await unit.slaPolicies.inForce(),
    ]);
    expect(found).toEqual([undefined, true, true, true, false, version(10)]);
    expect(await store.transaction(newScope(), (unit) => unit.slaPolicies.inForce())).toBeUndefined();
  });

  test('timers: one a referral, those whose moment has come, earliest first', async () => {
    const found = await store.transaction(scope, async (unit) => {
      const { referralTimers: timers } = unit;
      await timers.set('late', after(20));
      await timers.set('moved', after(1));
      await timers.set('moved', after(9));
      await timers.set('soon', after(5));
      await timers.set('gone', after(2));
      await timers.set('gone', null);
      await timers.set('never', null);
      return [
        await timers.due({ now: after(4), limit: 9 }),
        await timers.due({ now: after(9), limit: 9 }),
        await timers.due({ now: after(99), limit: 1 }),
      ];
    });
    expect(found).toEqual([
      [],
      [
        { referralId: 'soon', lookAt: after(5) },
        { referralId: 'moved', lookAt: after(9) },
      ],
      [{ referralId: 'soon', lookAt: after(5) }],
    ]);
    expect(await store.transaction(newScope(), (unit) => unit.referralTimers.due({ now: after(99), limit: 9 }))).toEqual([]);
  });

  test('obligations: revised while they are open, found by whom they were escalated to and by their referral', async () => {
    const obligation = (id: string, referralId = 'r1') => ({
      id,
      referralId,
      kind: 'answer',
      raisedAt: AT,
      dueAt: after(9),
      owner: 'kim',
      raisedBy: null,
      content: { detail: id },
    });
    const revision = { what: 'revise', owner: 'noor', dueAt: after(7), escalatedTo: 'lena', content: { detail: 'called' } } as const;
    const found = await store.transaction(scope, async (unit) => {
      const { obligations } = unit;
      await obligations.insert(obligation('a'));
      await obligations.insert(obligation('b'));
      await obligations.insert(obligation('c', 'r2'));
      await obligations.settle('b', { what: 'done', at: after(1) });
      return [
        await obligations.settle('a', revision),
        await obligations.settle('b', revision),
        await obligations.list({ status: 'open', escalatedTo: 'lena' }),
        (await obligations.openOf('r1')).map(({ id }) => id),
        (await obligations.openOf('r2')).map(({ escalatedTo }) => escalatedTo),
      ];
    });
    const { what: _what, ...revised } = revision;
    expect(found).toEqual([true, false, [{ ...obligation('a'), ...revised, status: 'open', settledAt: null }], ['a'], [null]]);
  });
});
