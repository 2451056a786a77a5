/** The store's contract: one unit of work is kept whole or not at all, and no scope meets another. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Scope, Store } from '../store.ts';
import { AT, alert, alertRule, auditEntry, delegation, event, implementations, newScope, plan, recommendation } from './test-contract.ts';

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

  describe('transactions', () => {
    test('what a transaction wrote is kept together', async () => {
      await store.transaction(scope, async (unit) => {
        await unit.events.append('r1', 0, [event('referral.drafted')]);
        await unit.recommendations.insert(recommendation('a'));
      });
      const kept = await store.transaction(scope, async (unit) => [await unit.events.read('r1'), await unit.recommendations.get('a')]);
      expect(kept).toMatchObject([[{ type: 'referral.drafted', sequence: 1 }], { id: 'a', revision: 1 }]);
    });

    test('a thrown error undoes all of it, the audit entry too, and is thrown on', async () => {
      const work = store.transaction(scope, async (unit) => {
        await unit.events.append('r1', 0, [event('referral.drafted')]);
        await unit.recommendations.insert(recommendation('a'));
        await unit.audit.append(auditEntry({ referralId: 'r1' }));
        throw new Error('the EHR is down');
      });
      await expect(work).rejects.toThrow('the EHR is down');
      const left = await store.transaction(scope, async (unit) => [
        await unit.events.read('r1'),
        await unit.recommendations.get('a'),
        await unit.audit.list({ referralId: 'r1' }),
      ]);
      expect(left).toEqual([[], undefined, []]);
    });

    test('the same patient id at two issuers and at two tenants never meets', async () => {
      const others: Scope[] = [
        { ...scope, issuer: 'https://other.example.org/fhir' },
        { ...scope, tenant: `${scope.tenant}-other` },
      ];
      await store.transaction(scope, async (unit) => {
        await unit.events.append('r1', 0, [event('referral.drafted')]);
        await unit.referrals.put({
          referralId: 'r1',
          patientId: '1',
          sequence: 1,
          status: 'draft',
          updatedAt: AT,
          requester: null,
          ended: false,
          foldVersion: 1,
          state: {},
        });
        await unit.recommendations.insert(recommendation('a'));
        await unit.plans.insert(plan('p'));
        await unit.approvals.insert({
          id: 'x',
          recommendationId: 'a',
          referralId: 'r1',
          idempotencyKey: 'press-1',
          subject: 's',
          approvedAt: AT,
          orderVersion: null,
          contentHash: '0',
          content: {},
        });
        await unit.obligations.insert({
          id: 'o',
          referralId: 'r1',
          kind: 'k',
          raisedAt: AT,
          dueAt: AT,
          owner: null,
          raisedBy: null,
          content: {},
        });
        await unit.grants.put({
          subject: 's',
          fhirUser: 'Practitioner/s',
          name: null,
          roles: ['lead'],
          grantedBy: 'a',
          grantedAt: AT,
          reason: 'r',
        });
        await unit.delegations.insert(delegation('d'));
        await unit.alerts.addRule(alertRule('r'));
        await unit.alerts.raise(alert('a', 'r'));
        await unit.warehousePseudonyms.keep([{ pseudonym: 'r-1', referralId: 'r1' }]);
        await unit.recommendations.insert(recommendation('pended', { pendedFor: 'clinician', prepared: { by: 'ortiz' } }));
        await unit.audit.append(auditEntry({ referralId: 'r1' }));
      });
      for (const other of others) {
        const seen = await store.transaction(other, async (unit) => ({
          events: await unit.events.read('r1'),
          referralIds: await unit.events.referralIds(),
          histories: [await unit.events.count(), await unit.events.marks({ after: '', limit: 10 }), await unit.events.histories(['r1'])],
          pseudonyms: await unit.warehousePseudonyms.find(['r-1']),
          referrals: await unit.referrals.listByPatient('1'),
          recommendation: await unit.recommendations.get('a'),
          saved: await unit.recommendations.save('a', 1, { status: 'APPROVED' }),
          listed: (await unit.recommendations.list({ limit: 10 })).total,
          pending: await unit.recommendations.listPending({ patientId: '1', subject: 'clinician' }),
          plans: await unit.plans.listUnfinished({ patientId: '1' }),
          lease: await unit.plans.takeLease('p', 'holder-1', AT, 60),
          approval: await unit.approvals.byRecommendation('a'),
          obligations: await unit.obligations.list({ status: 'open' }),
          grant: await unit.grants.get('s'),
          delegations: await unit.delegations.list(),
          standIns: await unit.delegations.inForce({ kind: 'covers', delegate: 'covering', now: AT }),
          ended: await unit.delegations.end('d', { at: AT, by: 'a', reason: 'r' }),
          alerts: [await unit.alerts.rules(), await unit.alerts.open()],
          alertEnds: [
            await unit.alerts.acknowledge('a', { at: AT, by: 'lead' }),
            await unit.alerts.clear('r', AT),
            await unit.alerts.endRule('r', { at: AT, by: 'lead' }),
          ],
          pended: await unit.recommendations.listPrepared('1'),
          audit: await unit.audit.list({ referralId: 'r1' }),
        }));
        expect(seen).toEqual({
          events: [],
          referralIds: [],
          histories: [0, [], []],
          pseudonyms: [],
          referrals: [],
          recommendation: undefined,
          saved: { status: 'missing' },
          listed: 0,
          pending: [],
          plans: [],
          lease: { status: 'missing' },
          approval: undefined,
          obligations: [],
          grant: undefined,
          delegations: [],
          standIns: [],
          ended: false,
          alerts: [[], []],
          alertEnds: [false, false, false],
          pended: [],
          audit: [],
        });
        const pseudonyms = [
          await store.transaction(scope, async (unit) => unit.pseudonym('1')),
          await store.transaction(other, async (unit) => unit.pseudonym('1')),
        ];
        expect(pseudonyms[0]).toMatch(/^p-[0-9a-f]{12}$/);
        expect(pseudonyms[0]).not.toBe(pseudonyms[1]);
        // The same ids may be used there without disturbing anything here.
        await store.transaction(other, async (unit) => {
          await unit.events.append('r1', 0, [event('referral.drafted', { data: 'of the other' })]);
          await unit.recommendations.insert(recommendation('a', { kept: 'of the other' }));
        });
      }
      const own = await store.transaction(scope, async (unit) => (await unit.recommendations.get('a'))?.kept);
      expect(own).toEqual({ reason: 'palpitations with syncope' });
    });
  });

  test('scopes that were enrolled are remembered once', async () => {
    await store.enrol(scope);
    await store.enrol({ ...scope, site: 'North clinic, renamed' });
    expect((await store.scopes()).filter(({ tenant }) => tenant === scope.tenant)).toEqual([{ ...scope, site: 'North clinic, renamed' }]);
  });
});
