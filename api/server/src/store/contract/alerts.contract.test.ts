/** The store's contract: alerts, and the pseudonyms of the warehouse. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Scope, Store } from '../store.ts';
import { after, alert, alertRule, implementations, newScope } from './test-contract.ts';

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

  test('pseudonyms of the warehouse: kept once, and never another referral’s', async () => {
    const found = await store.transaction(scope, async (unit) => {
      await unit.warehousePseudonyms.keep([
        { pseudonym: 'r-b', referralId: 'r2' },
        { pseudonym: 'r-a', referralId: 'r1' },
      ]);
      await unit.warehousePseudonyms.keep([{ pseudonym: 'r-a', referralId: 'another' }]);
      await unit.warehousePseudonyms.keep([]);
      return unit.warehousePseudonyms.find(['r-b', 'r-a', 'r-a', 'r-unknown']);
    });
    expect(found).toEqual([
      { pseudonym: 'r-a', referralId: 'r1' },
      { pseudonym: 'r-b', referralId: 'r2' },
    ]);
    expect(store.warehouseKey).toHaveLength(32);
  });

  test('alerts: one open at a time for a rule, acknowledged once, cleared, and gone with the rule', async () => {
    const by = (minutes: number) => ({ at: after(minutes), by: 'lead' });
    await store.transaction(scope, async ({ alerts }) => {
      await alerts.addRule(alertRule('late', { madeAt: after(1), segment: {}, direction: 'below', threshold: 0.8 }));
      await alerts.addRule(alertRule('leak'));
      expect(await alerts.rules()).toEqual([
        { ...alertRule('leak'), ended: null },
        { ...alertRule('late', { madeAt: after(1), segment: {}, direction: 'below', threshold: 0.8 }), ended: null },
      ]);
      expect([await alerts.raise(alert('one', 'leak')), await alerts.raise(alert('two', 'leak'))]).toEqual([true, false]);
      expect(await alerts.raise(alert('three', 'late', { raisedAt: after(1), low: 0.4, high: null }))).toBe(true);
      expect([
        await alerts.acknowledge('one', by(5)),
        await alerts.acknowledge('one', by(6)),
        await alerts.acknowledge('x', by(6)),
      ]).toEqual([true, false, false]);
      expect(await alerts.open()).toEqual([
        { ...alert('three', 'late', { raisedAt: after(1), low: 0.4, high: null }), acknowledged: null, clearedAt: null },
        { ...alert('one', 'leak'), acknowledged: by(5), clearedAt: null },
      ]);
      expect([await alerts.clear('leak', after(9)), await alerts.clear('leak', after(9)), await alerts.acknowledge('one', by(9))]).toEqual([
        true,
        false,
        false,
      ]);
      expect(await alerts.raise(alert('four', 'leak', { raisedAt: after(10) }))).toBe(true);
      expect([await alerts.endRule('late', by(11)), await alerts.endRule('late', by(12))]).toEqual([true, false]);
      expect([(await alerts.rules()).map(({ id }) => id), (await alerts.open()).map(({ id }) => id)]).toEqual([['leak'], ['four']]);
    });
  });
});
