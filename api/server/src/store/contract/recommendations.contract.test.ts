/** The store's contract: recommendations, and the approvals made of them. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Scope, Store } from '../store.ts';
import { AT, after, auditEntry, implementations, newScope, recommendation } from './test-contract.ts';

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

  describe('recommendations', () => {
    test('a save counts the revision up and leaves what was kept alone', async () => {
      const outcome = await store.transaction(scope, async (unit) => {
        await unit.recommendations.insert(recommendation('a'));
        const saved = await unit.recommendations.save('a', 1, { working: { chosen: 'entry-7' } });
        const stale = await unit.recommendations.save('a', 1, { working: { chosen: 'entry-8' } });
        const decided = await unit.recommendations.save('a', 2, { status: 'APPROVED', outcome: 'overridden' });
        return [saved, stale, decided, await unit.recommendations.get('a')];
      });
      expect(outcome).toMatchObject([
        { status: 'saved', revision: 2 },
        { status: 'conflict', revision: 2 },
        { status: 'saved', revision: 3 },
        {
          status: 'APPROVED',
          outcome: 'overridden',
          working: { chosen: 'entry-7' },
          kept: { reason: 'palpitations with syncope' },
          patientId: '1',
        },
      ]);
    });

    test('of two saves of one revision, one is kept', async () => {
      await store.transaction(scope, (unit) => unit.recommendations.insert(recommendation('a')));
      const save = (chosen: string) => store.transaction(scope, (unit) => unit.recommendations.save('a', 1, { working: { chosen } }));
      const answers = await Promise.all([save('x'), save('y')]);
      expect(answers.map(({ status }) => status).sort()).toEqual(['conflict', 'saved']);
    });

    test('pages hold every row once, newest first, whatever is filtered', async () => {
      await store.transaction(scope, async (unit) => {
        // Three made at the same moment: the id decides.
        for (const [id, seconds] of [
          ['a', 0],
          ['b', 0],
          ['c', 0],
          ['d', 9],
          ['e', 5],
        ] as const) {
          await unit.recommendations.insert(recommendation(id, { madeAt: after(seconds), subject: id === 'e' ? 'other' : 'clinician' }));
        }
      });
      const all = async (filters: { subject?: string; to?: string; from?: string; patientPseudonym?: string }) => {
        const ids: string[] = [];
        const totals = new Set<number>();
        let cursor: string | null = null;
        do {
          const page = await store.transaction(scope, (unit) =>
            unit.recommendations.list({ limit: 2, filters, ...(cursor === null ? {} : { cursor }) }),
          );
          ids.push(...page.rows.map(({ id }) => id));
          totals.add(page.total);
          cursor = page.next;
        } while (cursor !== null);
        return [ids.join(''), ...totals];
      };
      expect(await all({})).toEqual(['decba', 5]);
      expect(await all({ subject: 'clinician' })).toEqual(['dcba', 4]);
      expect(await all({ from: after(5), to: after(9) })).toEqual(['e', 1]);
      expect(await all({ patientPseudonym: 'p-000000000000' })).toEqual(['', 0]);
      const firstPage = await store.transaction(scope, (unit) => unit.recommendations.list({ limit: 2, cursor: 'not a cursor' }));
      expect(firstPage.rows.map(({ id }) => id)).toEqual(['d', 'e']);
    });

    test('those of one clinician for one patient that wait', async () => {
      const waiting = await store.transaction(scope, async (unit) => {
        await unit.recommendations.insert(recommendation('a'));
        await unit.recommendations.insert(recommendation('b', { patientId: '2' }));
        await unit.recommendations.insert(recommendation('c', { subject: 'other' }));
        await unit.recommendations.insert(recommendation('d', { status: 'DISMISSED', outcome: 'dismissed' }));
        return unit.recommendations.listPending({ patientId: '1', subject: 'clinician' });
      });
      expect(waiting.map(({ id }) => id)).toEqual(['a']);
    });

    test('those for one patient that somebody prepares for another, with what was handed over, while they wait', async () => {
      const handedOver = { by: 'ortiz', sentences: ['palpitations'] };
      const outcome = await store.transaction(scope, async (unit) => {
        await unit.recommendations.insert(recommendation('a', { subject: 'ortiz' }));
        await unit.recommendations.insert(recommendation('b', { patientId: '2', pendedFor: 'clinician', prepared: handedOver }));
        await unit.recommendations.insert(recommendation('c', { madeAt: after(1), pendedFor: 'other', prepared: handedOver }));
        const ids = async () => (await unit.recommendations.listPrepared('1')).map(({ id, pendedFor }) => [id, pendedFor]);
        const before = await ids();
        const pended = await unit.recommendations.save('a', 1, { pendedFor: 'clinician', prepared: handedOver });
        const both = await ids();
        await unit.recommendations.save('a', 2, { working: { chosen: 'entry-1' } });
        const kept = await unit.recommendations.get('a');
        await unit.recommendations.save('a', 3, { pendedFor: null });
        await unit.recommendations.save('c', 1, { pendedFor: null, status: 'APPROVED' });
        return [before, pended, both, [kept?.pendedFor, kept?.prepared], await ids(), await unit.recommendations.get('a')];
      });
      expect(outcome).toMatchObject([
        [['c', 'other']],
        { status: 'saved', revision: 2 },
        [
          ['c', 'other'],
          ['a', 'clinician'],
        ],
        ['clinician', handedOver],
        [['a', null]],
        { pendedFor: null, prepared: handedOver, working: { chosen: 'entry-1' }, revision: 4 },
      ]);
    });

    test('tell with which versions they were made, and since when, the earliest first; those of another EHR are not among them', async () => {
      await store.transaction(scope, async (unit) => {
        await unit.recommendations.insert(recommendation('a', { policy: 'seed-v2', madeAt: after(5) }));
        await unit.recommendations.insert(recommendation('b', { policy: 'seed-v1', madeAt: after(3) }));
        await unit.recommendations.insert(recommendation('c', { policy: 'seed-v1', madeAt: after(9) }));
        await unit.recommendations.insert(recommendation('d', { policy: 'seed-v1', composer: 'another 1', madeAt: after(7) }));
      });
      const elsewhere: Scope = { ...scope, issuer: 'https://another.example.org/fhir' };
      await store.enrol(elsewhere);
      await store.transaction(elsewhere, (unit) => unit.recommendations.insert(recommendation('e', { policy: 'of another EHR' })));
      const versions = await store.transaction(scope, (unit) => unit.recommendations.versions());
      const composer = recommendation('x').composer;
      expect(versions).toEqual([
        { policy: 'seed-v1', composer, since: after(3) },
        { policy: 'seed-v2', composer, since: after(5) },
        { policy: 'seed-v1', composer: 'another 1', since: after(7) },
      ]);
    });

    test('a list shows the number of the audit row that holds it', async () => {
      await store.transaction(scope, async (unit) => {
        await unit.recommendations.insert(recommendation('a'));
        await unit.audit.append(auditEntry({ recommendationId: 'a' }));
      });
      const numberOf = async () => (await store.transaction(scope, (unit) => unit.recommendations.list({ limit: 1 }))).rows[0]?.auditEntry;
      expect(await numberOf()).toBeNull();
      await store.auditTrail.sequence(after(1));
      expect(await numberOf()).toBeGreaterThan(0);
    });
  });

  test('the same idempotency key answers with the approval it made first', async () => {
    const approval = (id: string, key: string) => ({
      id,
      recommendationId: 'a',
      referralId: 'r1',
      idempotencyKey: key,
      subject: 'clinician',
      approvedAt: AT,
      orderVersion: '3',
      contentHash: createHash('sha256').update(id).digest('hex'),
      content: { approved: id },
    });
    const insert = (id: string, key: string) => store.transaction(scope, (unit) => unit.approvals.insert(approval(id, key)));
    expect(await insert('x1', 'press-one')).toEqual({ status: 'inserted' });
    expect(await insert('x2', 'press-one')).toEqual({ status: 'earlier', approval: approval('x1', 'press-one') });
    expect(await store.transaction(scope, (unit) => unit.approvals.byRecommendation('a'))).toEqual(approval('x1', 'press-one'));
    const together = await Promise.all([insert('y1', 'press-two'), insert('y2', 'press-two'), insert('y3', 'press-two')]);
    expect(together.filter(({ status }) => status === 'inserted')).toHaveLength(1);
  });
});
