/** The store's contract: audit entries and their chain. */
import { verifyChain } from '@refloop/domain/audit/chain';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../../audit/entry.ts';
import type { Scope, Store } from '../store.ts';
import { after, auditEntry, implementations, newScope } from './test-contract.ts';

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

  describe('audit', () => {
    const wholeChain = () => store.auditTrail.view((view) => verifyChain(view.rows(), view.heads(), sha256));
    const unsequenced = () => store.auditTrail.view((view) => view.unsequencedBefore(after(60)));

    test('entries come back with their details, then with their number; the chain is whole', async () => {
      const id = await store.transaction(scope, (unit) =>
        unit.audit.append(auditEntry({ referralId: 'r1', recommendationId: 'a', patientId: '1', payload: { ranked: 3 } })),
      );
      const list = () => store.transaction(scope, (unit) => unit.audit.list({ recommendationId: 'a' }));
      expect(await list()).toMatchObject([{ id, row: null, action: 'recommendation.made', payload: { ranked: 3 } }]);
      expect(await unsequenced()).toContain(id);
      expect(await store.auditTrail.sequence(after(1))).toBeGreaterThan(0);
      const [row] = await list();
      expect(row?.row).toBeGreaterThan(0);
      expect(row?.leafHash).toMatch(/^[0-9a-f]{64}$/);
      expect(await unsequenced()).toEqual([]);
      expect(await store.auditTrail.sequence(after(2))).toBe(0);
      const verdict = await wholeChain();
      expect(verdict).toMatchObject({ status: 'whole', headAt: after(1) });
      // A question without an id is no question for everything.
      expect(await store.transaction(scope, (unit) => unit.audit.list({}))).toEqual([]);
    });

    test('sequencers that run together give every entry one number', async () => {
      for (let index = 0; index < 20; index += 1) await store.transaction(scope, (unit) => unit.audit.append(auditEntry()));
      const chained = await Promise.all([1, 2, 3, 4].map((second) => store.auditTrail.sequence(after(second))));
      expect(chained.reduce((sum, count) => sum + count)).toBe(20);
      expect(await wholeChain()).toMatchObject({ status: 'whole' });
    });
  });
});
