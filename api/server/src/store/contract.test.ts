/** What every implementation of the store must do. Each test runs on PostgreSQL and in memory. */
import { createHash } from 'node:crypto';
import { verifyChain } from '@refloop/domain/audit/chain';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../tools/test-database.ts';
import { sha256 } from '../audit/entry.ts';
import { DEVELOPMENT_KEY } from '../config.ts';
import { createKeyRing } from '../crypto/key-ring.ts';
import { migrate } from '../migrations/migrate.ts';
import type { NewAlert, NewAlertRule } from './alerts.ts';
import type { NewAuditEntry } from './audit.ts';
import type { NewDelegation } from './delegations.ts';
import type { NewEvent } from './events.ts';
import { openMemoryStore } from './memory/store.ts';
import type { NewPlan } from './plans.ts';
import { openPostgresStore } from './postgres/store.ts';
import type { NewRecommendation } from './recommendations.ts';
import type { NewSession } from './sessions.ts';
import type { Scope, Store } from './store.ts';

type Implementation = { name: string; open: () => Promise<Store>; close: () => Promise<void> };

let counter = 0;
const newId = (): string => `id-${(counter += 1).toString().padStart(8, '0')}`;

function postgres(): Implementation {
  let database: TestDatabase;
  let store: Store;
  return {
    name: 'PostgreSQL',
    open: async () => {
      database = await createTestDatabase();
      await migrate(database.url);
      store = await openPostgresStore({ url: database.url, keyRing: createKeyRing([DEVELOPMENT_KEY]), newId });
      return store;
    },
    close: async () => {
      await store.close();
      await database.drop();
    },
  };
}

const memory = (): Implementation => ({ name: 'memory', open: async () => openMemoryStore({ newId }), close: async () => undefined });

const AT = '2026-11-20T10:00:00.000Z';
const after = (seconds: number): string => new Date(Date.parse(AT) + seconds * 1000).toISOString();

const event = (type: string, more: Partial<NewEvent> = {}): NewEvent => ({
  type,
  version: 1,
  effectiveAt: AT,
  recordedAt: after(1),
  actor: { kind: 'user', subject: 'clinician' },
  data: { reason: 'palpitations' },
  ...more,
});

const recommendation = (id: string, more: Partial<NewRecommendation> = {}): NewRecommendation => ({
  id,
  referralId: `referral-${id}`,
  madeAt: AT,
  subject: 'clinician',
  userName: 'Dr. Maren Oduya, MD',
  patientId: '1',
  status: 'PENDING_REVIEW',
  outcome: 'pending',
  specialty: 'cardiology',
  policy: 'seed-v1/1',
  composer: 'composer/1',
  kept: { reason: 'palpitations with syncope' },
  working: { chosen: null },
  pendedFor: null,
  prepared: null,
  ...more,
});

const plan = (id: string, more: Partial<NewPlan> = {}): NewPlan => ({
  id,
  referralId: 'referral-1',
  recommendationId: 'recommendation-1',
  patientId: '1',
  subject: 'clinician',
  madeAt: AT,
  finished: false,
  lookDueAt: null,
  content: { steps: ['ServiceRequest'] },
  ...more,
});

const session = (tokenHash: string, more: Partial<NewSession> = {}): NewSession => ({
  tokenHash,
  subject: 'clinician',
  fhirUser: 'Practitioner/clinician',
  name: 'Dr. Maren Oduya, MD',
  patientId: '1',
  startedAt: AT,
  lastActivity: AT,
  expiresAt: after(8 * 3600),
  ...more,
});

const alertRule = (id: string, more: Partial<NewAlertRule> = {}): NewAlertRule => ({
  id,
  metric: 'network_leakage',
  segment: { specialty: 'cardiology' },
  direction: 'above',
  threshold: 0.1,
  owner: { subject: 'coordinator', name: 'Ana Ortiz' },
  madeBy: 'lead',
  madeAt: AT,
  ...more,
});
const alert = (id: string, ruleId: string, more: Partial<NewAlert> = {}): NewAlert => ({
  id,
  ruleId,
  raisedAt: AT,
  snapshot: '20261120T100000Z-0a1b2c3d',
  n: 400,
  value: 0.3,
  low: 0.26,
  high: 0.35,
  ...more,
});

const delegation = (id: string, more: Partial<NewDelegation> = {}): NewDelegation => ({
  id,
  kind: 'covers',
  delegate: { subject: 'covering', fhirUser: 'Practitioner/covering', name: 'Dr. Moss' },
  clinician: { subject: 'clinician', fhirUser: 'Practitioner/clinician', name: 'Dr. Lee' },
  reason: 'Leave until Monday',
  givenBy: 'admin',
  givenAt: AT,
  until: null,
  ...more,
});

const auditEntry = (more: Partial<NewAuditEntry> = {}): NewAuditEntry => ({
  at: AT,
  actor: { subject: 'clinician', fhirUser: 'Practitioner/clinician', sessionId: null },
  action: 'recommendation.made',
  purpose: 'TREAT',
  ...more,
});

describe.each([postgres(), memory()])('the store: $name', (implementation) => {
  let store: Store;
  let scope: Scope;
  let scopeNumber = 0;

  beforeAll(async () => {
    store = await implementation.open();
  });
  afterAll(() => implementation.close());
  // A scope of its own for each test, as each test may be the only one that runs.
  beforeEach(() => {
    scopeNumber += 1;
    scope = { tenant: `tenant-${scopeNumber}`, issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };
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
        return [pages, renewed, await older(''), await unit.referrals.get('r1')];
      });
      expect(outcome).toEqual([[['r1', 'r2'], ['r3'], []], [true, false], ['r2', 'r3'], row('r1', '1', 'approved')]);
    });

    test('are found by patient, replaced by a second put, and rebuilt as a whole', async () => {
      const outcome = await store.transaction(scope, async (unit) => {
        await unit.referrals.put(row('r2', '1'));
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
      [{ ...obligation('soon', after(5)), owner: 'coordinator', status: 'done', settledAt: after(3), content: { detail: 'called' } }],
    ]);
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

  test('delegations: those in force of one delegate, until their end or until they are taken away; none is forgotten', async () => {
    const outcome = await store.transaction(scope, async (unit) => {
      await unit.delegations.insert(delegation('a', { until: after(60) }));
      await unit.delegations.insert(
        delegation('b', { givenAt: after(1), clinician: { subject: 'other', fhirUser: 'Practitioner/other', name: 'Dr. Other' } }),
      );
      await unit.delegations.insert(delegation('c', { kind: 'prepares-for' }));
      await unit.delegations.insert(
        delegation('d', { delegate: { subject: 'someone', fhirUser: 'Practitioner/someone', name: 'Someone' } }),
      );
      await unit.delegations.insert(delegation('a', { reason: 'The same once more' }));
      const inForce = async (now: string, kind: NewDelegation['kind'] = 'covers') =>
        (await unit.delegations.inForce({ kind, delegate: 'covering', now })).map(({ id }) => id).join('');
      const before = [await inForce(AT), await inForce(after(59)), await inForce(after(60)), await inForce(AT, 'prepares-for')];
      const ended = { at: after(30), by: 'admin', reason: 'Back from leave' };
      const ends = [await unit.delegations.end('b', ended), await unit.delegations.end('b', ended), await unit.delegations.end('x', ended)];
      return [
        before,
        ends,
        await inForce(AT),
        (await unit.delegations.get('a'))?.reason,
        await unit.delegations.get('b'),
        await unit.delegations.get('x'),
        (await unit.delegations.list()).map(({ id }) => id).join(''),
      ];
    });
    expect(outcome).toEqual([
      ['ab', 'ab', 'b', 'c'],
      [true, false, false],
      'a',
      'Leave until Monday',
      {
        ...delegation('b', { givenAt: after(1), clinician: { subject: 'other', fhirUser: 'Practitioner/other', name: 'Dr. Other' } }),
        ended: { at: after(30), by: 'admin', reason: 'Back from leave' },
      },
      undefined,
      'bdca',
    ]);
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

  describe('sessions', () => {
    test('a token finds its session with its scope and the grant as it stands now', async () => {
      const hash = createHash('sha256').update(scope.tenant).digest('hex');
      await store.transaction(scope, (unit) => unit.sessions.insert(session(hash)));
      expect(await store.findSession(hash)).toEqual({ session: { ...session(hash), scope, endedAt: null }, grant: undefined });
      const grant = {
        subject: 'clinician',
        fhirUser: 'Practitioner/clinician',
        name: 'Dr. Maren Oduya, MD',
        roles: ['clinician' as const, 'lead' as const],
        grantedBy: 'admin',
        grantedAt: AT,
        reason: 'Covers for the lead',
      };
      await store.transaction(scope, (unit) => unit.grants.put(grant));
      expect((await store.findSession(hash))?.grant).toEqual(grant);
      expect(await store.findSession('0'.repeat(64))).toBeUndefined();
    });

    test('activity moves forward only, and not once the session is idle, over or ended', async () => {
      const hash = createHash('sha256').update(`touch ${scope.tenant}`).digest('hex');
      const touch = (at: number, idleSince: number) =>
        store.transaction(scope, (unit) => unit.sessions.touch(hash, after(at), after(idleSince)));
      await store.transaction(scope, (unit) => unit.sessions.insert(session(hash, { expiresAt: after(1000) })));
      expect(await touch(100, -800)).toBe(true);
      expect(await touch(50, -850)).toBe(true);
      expect((await store.findSession(hash))?.session.lastActivity).toBe(after(100));
      expect(await touch(999, 100)).toBe(false);
      expect(await touch(1000, 99)).toBe(false);
      expect(await touch(200, 99)).toBe(true);
      await store.transaction(scope, (unit) => unit.sessions.end(hash, after(300)));
      expect(await touch(301, 99)).toBe(false);
      expect((await store.findSession(hash))?.session.endedAt).toBe(after(300));
    });

    test('an id_token is claimed once, by one of those who claim together', async () => {
      const claim = (hash: string) => store.transaction(scope, (unit) => unit.usedIdTokens.claim(hash, after(600), AT));
      const answers = await Promise.all([claim('t1'), claim('t1'), claim('t1')]);
      expect(answers.filter(Boolean)).toHaveLength(1);
      expect(await claim('t1')).toBe(false);
      expect(await claim('t2')).toBe(true);
    });
  });

  test('grants: one per subject, listed in order', async () => {
    const grant = (subject: string, reason: string) => ({
      subject,
      fhirUser: `Practitioner/${subject}`,
      name: null,
      roles: ['coordinator' as const],
      grantedBy: 'admin',
      grantedAt: AT,
      reason,
    });
    const listed = await store.transaction(scope, async (unit) => {
      await unit.grants.put(grant('b', 'first'));
      await unit.grants.put(grant('a', 'first'));
      await unit.grants.put(grant('b', 'second'));
      return unit.grants.list();
    });
    expect(listed).toEqual([grant('a', 'first'), grant('b', 'second')]);
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

  test('directories: content-addressed, one in force, listeners told once', async () => {
    const bytes = (text: string) => Buffer.from(text, 'utf8');
    const snapshot = (text: string) => ({
      hash: createHash('sha256').update(bytes(text)).digest('hex'),
      asOf: '2026-11-03',
      counts: { locations: 2 },
      synthetic: true,
      publishedAt: AT,
    });
    expect(await store.directory.current()).toBeUndefined();
    const told: string[] = [];
    const stop = await store.directory.onChange((hash) => told.push(hash));
    await store.directory.publish(snapshot('one'), bytes('one'));
    await store.directory.publish(snapshot('two'), bytes('two'));
    await store.directory.publish(snapshot('two'), bytes('two'));
    expect(await store.directory.current()).toEqual(snapshot('two'));
    expect(Buffer.from((await store.directory.bytes(snapshot('one').hash)) ?? []).toString()).toBe('one');
    await expect(store.directory.publish({ ...snapshot('one'), hash: '0'.repeat(64) }, bytes('one'))).rejects.toThrow(
      'nothing was published',
    );
    await expect.poll(() => told).toEqual([snapshot('one').hash, snapshot('two').hash]);
    await stop();
  });

  test('scopes that were enrolled are remembered once', async () => {
    await store.enrol(scope);
    await store.enrol({ ...scope, site: 'North clinic, renamed' });
    expect((await store.scopes()).filter(({ tenant }) => tenant === scope.tenant)).toEqual([{ ...scope, site: 'North clinic, renamed' }]);
  });
});
