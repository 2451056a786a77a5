/** The store's contract: plans of write-back. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Scope, Store } from '../store.ts';
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

  describe('plans', () => {
    test('the lease has one holder, ends by time, and is renewed by its holder alone', async () => {
      const outcome = await store.transaction(scope, async (unit) => {
        await unit.plans.insert(plan('p'));
        return [
          await unit.plans.takeLease('p', 'tab-1', AT, 60),
          await unit.plans.takeLease('p', 'tab-2', after(59), 60),
          await unit.plans.takeLease('p', 'tab-1', after(59), 60),
          await unit.plans.takeLease('p', 'tab-2', after(118), 60),
          await unit.plans.takeLease('p', 'tab-2', after(119), 60),
          await unit.plans.takeLease('none', 'tab-2', AT, 60),
        ];
      });
      expect(outcome).toEqual([
        { status: 'taken', until: after(60) },
        { status: 'held', holder: 'tab-1', until: after(60) },
        { status: 'taken', until: after(119) },
        { status: 'held', holder: 'tab-1', until: after(119) },
        { status: 'taken', until: after(179) },
        { status: 'missing' },
      ]);
    });

    test('of holders who ask together, one gets it', async () => {
      await store.transaction(scope, (unit) => unit.plans.insert(plan('p')));
      const take = (holder: string) => store.transaction(scope, (unit) => unit.plans.takeLease('p', holder, AT, 60));
      const answers = await Promise.all(['a', 'b', 'c', 'd'].map(take));
      expect(answers.filter(({ status }) => status === 'taken')).toHaveLength(1);
    });

    test('only the holder of a running lease saves, on the revision it has read', async () => {
      const change = { content: { steps: ['done'] }, finished: true };
      const outcome = await store.transaction(scope, async (unit) => {
        await unit.plans.insert(plan('p'));
        await unit.plans.takeLease('p', 'tab-1', AT, 60);
        return [
          await unit.plans.saveStep('p', { holder: 'tab-2', now: AT }, 1, change),
          await unit.plans.saveStep('p', { holder: 'tab-1', now: after(60) }, 1, change),
          await unit.plans.saveStep('p', { holder: 'tab-1', now: AT }, 7, change),
          await unit.plans.saveStep('p', { holder: 'tab-1', now: AT }, 1, change),
          await unit.plans.listUnfinished({ patientId: '1' }),
          await unit.plans.get('p'),
        ];
      });
      expect(outcome).toMatchObject([
        { status: 'lease-lost' },
        { status: 'lease-lost' },
        { status: 'conflict', revision: 1 },
        { status: 'saved', revision: 2 },
        [],
        { finished: true, content: change.content, patientId: '1', lease: { holder: 'tab-1' } },
      ]);
    });

    test('those due for a look, the longest due first, finished or not; each look is counted and says when the next is', async () => {
      const outcome = await store.transaction(scope, async (unit) => {
        await unit.plans.insert(plan('later', { lookDueAt: after(120) }));
        await unit.plans.insert(plan('second', { lookDueAt: after(60), finished: true }));
        await unit.plans.insert(plan('first', { lookDueAt: after(30) }));
        await unit.plans.insert(plan('never'));
        const due = async (now: string, limit = 10) => (await unit.plans.listLookDue(now, limit)).map(({ id }) => id);
        const before = [await due(after(29)), await due(after(60)), await due(after(500), 1)];
        await unit.plans.looked('first', after(600));
        await unit.plans.looked('second', null);
        await unit.plans.looked('second', null);
        const looks = [(await unit.plans.get('first'))?.looks, (await unit.plans.get('second'))?.looks];
        return [before, await due(after(500)), await due(after(600)), looks, (await unit.plans.get('first'))?.lookDueAt];
      });
      expect(outcome).toEqual([[[], ['first', 'second'], ['first']], ['later'], ['later', 'first'], [1, 2], after(600)]);
    });

    test('unfinished ones by patient, by clinician and by both; a lease can be given back', async () => {
      const outcome = await store.transaction(scope, async (unit) => {
        await unit.plans.insert(plan('p'));
        await unit.plans.insert(plan('q', { patientId: '2', madeAt: after(1) }));
        await unit.plans.insert(plan('r', { subject: 'other', madeAt: after(2), recommendationId: 'recommendation-2' }));
        await unit.plans.takeLease('p', 'tab-1', AT, 60);
        await unit.plans.releaseLease('p', 'tab-2');
        const kept = (await unit.plans.get('p'))?.lease?.holder;
        await unit.plans.releaseLease('p', 'tab-1');
        const ids = async (question: { patientId?: string; subject?: string }) =>
          (await unit.plans.listUnfinished(question)).map(({ id }) => id).join('');
        return [
          kept,
          (await unit.plans.get('p'))?.lease,
          await ids({}),
          await ids({ patientId: '1' }),
          await ids({ subject: 'clinician' }),
          await ids({ patientId: '1', subject: 'other' }),
          (await unit.plans.byRecommendation('recommendation-2'))?.id,
        ];
      });
      expect(outcome).toEqual(['tab-1', null, 'pqr', 'pr', 'pq', 'r', 'r']);
    });
  });
});
