/** A clinician's window goes away in the middle: what Refloop finds out by itself, what it finishes, and what it leaves to a person. */
import { generateKeyPairSync } from 'node:crypto';
import type { EhrPort, Resource } from '@refloop/domain/fhir/ehr-port';
import { ok, refuse } from '@refloop/domain/result';
import { runPlan } from '@refloop/domain/write-back/run-plan';
import { type ScriptedEhr, scriptedEhr } from '@refloop/domain/write-back/test-scripted-ehr';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Plan } from '../client/approval.ts';
import { readSystemKey } from '../ehr/system-key.ts';
import { LOOKING_SCOPES, type Site, sandboxSite } from '../sites.ts';
import { createReconciliation, type ReconciliationRun } from './reconciliation.ts';
import { readReferral } from './referral-log.ts';
import { openReferralApi, type ReferralApi } from './test-referral-api.ts';
import { approveInput, type Body, makeInput, problemType } from './test-referral-input.ts';

let api: ReferralApi;
let token: string;
let coordinator: string;

beforeEach(async () => {
  api = await openReferralApi();
  await minutes(0);
});
afterEach(() => api.close());

/** Time passes, and whoever comes back signs in again. */
async function minutes(count: number): Promise<void> {
  api.clock.now = new Date(api.clock.now.getTime() + count * 60_000);
  token = await api.session();
  coordinator = await api.session({ patientId: null, subject: 'coordinator', roles: ['coordinator'] });
}

const jwk = JSON.stringify(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'jwk' }));
const siteThat = (completes: boolean): Site => {
  const key = readSystemKey('env:K', { K: jwk });
  if (!key.ok) throw new Error(key.message);
  return sandboxSite(4010, { clientId: 'refloop-system', key: key.value, scopes: LOOKING_SCOPES, completes, tracks: false });
};

let ids = 0;
async function reconcile(
  ehr: EhrPort | undefined,
  completes = false,
  sinceClockSet = () => Number.POSITIVE_INFINITY,
): Promise<ReconciliationRun> {
  const failures: unknown[] = [];
  const sum = await createReconciliation({
    store: api.store,
    sites: [siteThat(completes)],
    access: async () => (ehr ? { ok: true, ehr, conditionalCreate: () => false } : { ok: false, why: 'down' }),
    newId: () => `look-${(ids += 1)}`,
    now: () => api.clock.now,
    sinceClockSet,
    pause: async () => undefined,
    version: 'test',
    failed: (error) => failures.push(error),
  }).run();
  expect(failures).toEqual([]);
  return sum;
}

type Approved = { plan: Plan; order: Resource };

async function approved(order?: Resource): Promise<Approved> {
  const input = makeInput(order ? { order } : {});
  const made = await api.call('POST', '/recommendations', token, input);
  const plan = await api.call('POST', '/approvals', token, approveInput(made.body as never, input));
  expect(plan.status, JSON.stringify(plan.body)).toBe(201);
  return { plan: plan.body as Plan, order: input['order'] as Resource };
}

class WindowClosed extends Error {}

/** The clinician's window at work until it is closed: right before a call of this kind for this step. */
async function window(plan: Plan, ehr: EhrPort, closedBefore?: { call: 'attempt' | 'report'; step: string }): Promise<void> {
  const holder = `window-of-${plan.id}`;
  const call = async (kind: 'attempt' | 'report' | 'lease', step: string, path: string, body: Body) => {
    if (closedBefore?.call === kind && closedBefore.step === step) throw new WindowClosed();
    const answer = await api.call('POST', `/plans/${plan.id}${path}`, token, { holder, ...body });
    return answer.status === 200 ? ok(answer.body as Plan) : refuse('held-elsewhere' as const);
  };
  try {
    await runPlan<Plan>(plan, {
      ehr,
      patient: 'pat-1',
      now: () => api.clock.now.toISOString(),
      pause: async () => undefined,
      conditionalCreate: () => false,
      takeLease: () => call('lease', '', '/lease', {}),
      giveBack: () => call('lease', '', '/lease/return', {}),
      attempt: (step) => call('attempt', step, `/steps/${step}/attempt`, {}),
      report: (step, outcome) => call('report', step, `/steps/${step}`, { outcome }),
      onProgress: () => undefined,
    });
  } catch (error) {
    if (!(error instanceof WindowClosed)) throw error;
  }
}

const planNow = async ({ plan }: Approved): Promise<Plan> => (await api.call('GET', `/plans/${plan.id}`, token)).body as Plan;
const statuses = (plan: Plan): string => plan.steps.map(({ outcome }) => outcome.status).join(' ');
const typesIn = (ehr: ScriptedEhr): string[] => [...ehr.stored.values()].map(({ resourceType }) => resourceType).sort();
const exceptionOf = async ({ plan }: Approved): Promise<Body | undefined> => {
  const { rows } = (await api.call('GET', '/exceptions', coordinator)).body as { rows: Body[] };
  return rows.find((row) => row['reference'] === plan.reference);
};
const stored = ({ plan }: Approved) => api.store.transaction(api.scope, (unit) => unit.plans.get(plan.id));

describe('the window went away after the order was written and before it was reported', () => {
  test('what is there is found, what is not stands on the requester’s list, and nothing is written', async () => {
    const work = await approved();
    const ehr = scriptedEhr([], [work.order]);
    await window(work.plan, ehr, { call: 'report', step: 'ServiceRequest' });
    expect(typesIn(ehr)).toEqual(['DocumentReference', 'ServiceRequest']);
    const writes = ehr.writes.length;

    await minutes(1);
    expect(await reconcile(ehr), 'too early: the window may still be at it').toMatchObject({ looked: 0 });
    await minutes(2);
    expect(await reconcile(ehr)).toEqual({ looked: 1, settled: 0, unreachable: 0 });
    expect(statuses(await planNow(work))).toBe('done done waiting waiting');
    expect(ehr.writes).toHaveLength(writes);

    const referral = await api.store.transaction(api.scope, (unit) => readReferral(unit, work.plan.referralId));
    expect(referral?.order.status).toBe('active');
    const events = await api.store.transaction(api.scope, (unit) => unit.events.read(work.plan.referralId));
    const settled = events.findLast(({ type }) => type === 'write-step-settled');
    expect(settled?.actor, 'under its own name').toMatchObject({ kind: 'software', name: 'refloop-reconciliation' });

    const open = (await api.call('GET', '/open-work', token)).body as { plans: Body[] };
    expect(open.plans.find((each) => each['id'] === work.plan.id)).toMatchObject({ unfinished: ['Task', 'Provenance'] });
    await minutes(15);
    expect(await exceptionOf(work)).toMatchObject({
      owner: 'Dr. Lee',
      detail: expect.stringContaining('The note and the order are in the chart; the task and the provenance are not written.'),
    });
    // The clinician comes back and finishes what is left.
    await window(await planNow(work), ehr);
    expect((await planNow(work)).writeBack).toBe('done');
    expect(typesIn(ehr)).toEqual(['DocumentReference', 'Provenance', 'ServiceRequest', 'Task']);
    expect(await exceptionOf(work)).toBeUndefined();
  });

  test('a plan of which everything is there is done, and nobody is asked any more', async () => {
    const work = await approved();
    const ehr = scriptedEhr([], [work.order]);
    await window(work.plan, ehr, { call: 'report', step: 'Provenance' });
    await minutes(3);
    expect(await reconcile(ehr)).toEqual({ looked: 1, settled: 1, unreachable: 0 });
    expect((await planNow(work)).writeBack).toBe('done');
    await minutes(60);
    expect(await exceptionOf(work)).toBeUndefined();
    expect(await reconcile(ehr), 'never looked into again').toMatchObject({ looked: 0 });
  });
});

test('what was sent and is not there stays unknown, and is looked for less and less often', async () => {
  const work = await approved();
  const lost: EhrPort = { ...scriptedEhr([], [work.order]), write: async () => refuse({ kind: 'no-answer', detail: 'lost' }) };
  await window(work.plan, lost, { call: 'report', step: 'DocumentReference' });
  await minutes(3);
  await reconcile(lost);
  expect(statuses(await planNow(work))).toBe('waiting waiting waiting waiting');
  const untilNext = async () => (Date.parse((await stored(work))?.lookDueAt ?? '') - api.clock.now.getTime()) / 60_000;
  expect(await untilNext()).toBe(10);
  await minutes(11);
  await reconcile(lost);
  expect(await untilNext()).toBe(60);
  await minutes(5);
  expect(await exceptionOf(work)).toMatchObject({
    detail: expect.stringMatching(/Of the note it is not known whether it was written.*Refloop tried to look in the chart 2 times/),
  });
});

test('while a window holds the lease nothing is done behind its back', async () => {
  const work = await approved();
  const ehr = scriptedEhr([], [work.order]);
  await window(work.plan, ehr, { call: 'report', step: 'ServiceRequest' });
  await minutes(3);
  await api.call('POST', `/plans/${work.plan.id}/lease`, token, { holder: 'a-window-that-writes' });
  await reconcile(ehr);
  expect(statuses(await planNow(work))).toBe('done waiting waiting waiting');
  expect((await planNow(work)).lease?.holder).toBe('a-window-that-writes');
});

test('an EHR that cannot be reached is asked again later, and nothing is claimed', async () => {
  const work = await approved();
  await window(work.plan, scriptedEhr([], [work.order]), { call: 'report', step: 'ServiceRequest' });
  await minutes(3);
  expect(await reconcile(undefined)).toMatchObject({ unreachable: 1 });
  expect(statuses(await planNow(work))).toBe('done waiting waiting waiting');
  expect((await stored(work))?.lookDueAt).not.toBeNull();
});

test('a site that fails does not keep the others from being looked into', async () => {
  const work = await approved();
  const ehr = scriptedEhr([], [work.order]);
  await window(work.plan, ehr, { call: 'report', step: 'Provenance' });
  await minutes(3);
  const failures: unknown[] = [];
  const broken = { ...siteThat(false), tenant: 'broken' };
  const sum = await createReconciliation({
    store: {
      ...api.store,
      transaction: (scope, work_) =>
        scope.tenant === 'broken' ? Promise.reject(new Error('unreadable')) : api.store.transaction(scope, work_),
    },
    sites: [broken, siteThat(false)],
    access: async () => ({ ok: true, ehr, conditionalCreate: () => false }),
    newId: () => `look-${(ids += 1)}`,
    now: () => api.clock.now,
    pause: async () => undefined,
    version: 'test',
    failed: (error) => failures.push(error),
  }).run();
  expect(sum).toEqual({ looked: 1, settled: 1, unreachable: 0 });
  expect(failures).toHaveLength(1);
});

test('an order that others changed meanwhile takes the approval back', async () => {
  const work = await approved();
  const ehr = scriptedEhr([], [work.order]);
  await window(work.plan, ehr, { call: 'attempt', step: 'ServiceRequest' });
  ehr.stored.delete(`ServiceRequest/${work.order.id}`);
  // It was never sent, so nothing can be known of it by looking.
  await minutes(3);
  await reconcile(ehr);
  expect(statuses(await planNow(work))).toBe('done waiting waiting waiting');
  await window(await planNow(work), ehr);
  expect((await planNow(work)).writeBack).toBe('stale');
});

describe('an EHR that keeps no identifier of ours', () => {
  const dropping = (more: (resource: Resource) => Resource = (same) => same) => ({
    keeps: (resource: Resource): Resource => {
      const { identifier: _a, groupIdentifier: _b, ...rest } = resource;
      return more(rest as Resource);
    },
    now: () => api.clock.now.toISOString(),
  });

  test('what was written is recognised by what was written', async () => {
    const work = await approved();
    const ehr = scriptedEhr([], [work.order], dropping());
    await window(work.plan, ehr, { call: 'report', step: 'DocumentReference' });
    await minutes(3);
    await reconcile(ehr);
    expect(statuses(await planNow(work))).toBe('done waiting waiting waiting');
  });

  test('where that is not enough the clinician is asked, once', async () => {
    const work = await approved();
    const hiding = (resource: Resource): Resource => ({
      ...resource,
      content: [{ attachment: { contentType: 'text/plain', url: 'Binary/gone' } }],
    });
    const ehr = scriptedEhr([], [work.order], dropping(hiding));
    await window(work.plan, ehr, { call: 'report', step: 'DocumentReference' });
    await minutes(3);
    await reconcile(ehr);
    const plan = await planNow(work);
    expect(plan.writeBack).toBe('unsure');
    await minutes(12);
    await reconcile(ehr);
    const events = await api.store.transaction(api.scope, (unit) => unit.events.read(work.plan.referralId));
    expect(events.filter(({ type }) => type === 'write-step-settled')).toHaveLength(1);
  });
});

describe('where the site wants Refloop to finish by itself', () => {
  test('what the clinician approved is completed once, by software and on record as such', async () => {
    const work = await approved();
    const ehr = scriptedEhr([], [work.order]);
    await window(work.plan, ehr, { call: 'attempt', step: 'ServiceRequest' });
    await minutes(3);
    expect(await reconcile(ehr, true)).toEqual({ looked: 1, settled: 1, unreachable: 0 });
    expect((await planNow(work)).writeBack).toBe('done');
    expect(typesIn(ehr)).toEqual(['DocumentReference', 'Provenance', 'ServiceRequest', 'Task']);
    expect(ehr.stored.get(`ServiceRequest/${work.order.id}`), 'as the clinician approved it').toMatchObject({
      performer: [{ display: expect.any(String) }],
      requester: { display: 'Dr. Lee' },
    });
  });

  test('and nothing is written again while the clock was set within the minute: what was sent may still arrive', async () => {
    const work = await approved();
    const ehr = scriptedEhr([{ kind: 'dropped' }], [work.order]);
    await window(work.plan, ehr, { call: 'report', step: 'DocumentReference' });
    const notes = () => ehr.writes.filter(({ path }) => path === 'DocumentReference').length;
    await minutes(9);
    await reconcile(ehr, true, () => 20_000);
    expect([notes(), typesIn(ehr)]).toEqual([1, ['ServiceRequest']]);
    await minutes(11);
    await reconcile(ehr, true, () => 60_000);
    expect([notes(), (await planNow(work)).writeBack]).toEqual([2, 'done']);
  });

  test.each([
    [
      'refused',
      async (work: Approved) => {
        await window(work.plan, { ...scriptedEhr([{ kind: 'status', status: 422 }], [work.order]) });
        await minutes(3);
      },
    ],
    [
      'refused, and sent again by a window that went away',
      async (work: Approved) => {
        await window(work.plan, { ...scriptedEhr([{ kind: 'status', status: 422 }], [work.order]) });
        await window(work.plan, scriptedEhr([{ kind: 'dropped' }], [work.order]), { call: 'report', step: 'DocumentReference' });
        await minutes(3);
      },
    ],
    [
      'left for more than a day',
      async (work: Approved) => {
        await window(work.plan, scriptedEhr([], [work.order]), { call: 'attempt', step: 'DocumentReference' });
        await minutes(25 * 60);
        token = await api.session();
      },
    ],
  ])('but not what was %s', async (_what, leave) => {
    const work = await approved();
    await leave(work);
    const ehr = scriptedEhr([], [work.order]);
    await reconcile(ehr, true);
    expect(ehr.writes).toEqual([]);
  });

  test('and never the order at another version than the one approved', async () => {
    const work = await approved();
    const changed = { ...work.order, meta: { versionId: '4' }, priority: 'urgent' };
    const ehr = scriptedEhr([], [changed]);
    await minutes(3);
    await reconcile(ehr, true);
    expect((await planNow(work)).writeBack).toBe('stale');
    expect(ehr.stored.get(`ServiceRequest/${work.order.id}`)).toEqual(changed);
    const again = await api.call('POST', `/plans/${work.plan.id}/lease`, token, { holder: 'window-again' });
    expect([again.status, problemType(again.body)]).toEqual([404, 'not-found']);
  });
});

describe('an approval that lapsed because its order changed, with nobody there to see it', () => {
  async function lapsed(): Promise<{ work: Approved; changed: Resource }> {
    const work = await approved();
    const changed = { ...work.order, meta: { versionId: '4' }, priority: 'urgent' };
    await minutes(3);
    await reconcile(scriptedEhr([], [changed]), true);
    expect((await planNow(work)).writeBack).toBe('stale');
    await minutes(15);
    return { work, changed };
  }

  test('stands on the list of exceptions with why, until the order is approved anew', async () => {
    const { work, changed } = await lapsed();
    expect(await exceptionOf(work)).toMatchObject({
      owner: 'Dr. Lee',
      detail: expect.stringMatching(
        /The order changed in the chart before it was written, so the approval lapsed\. The note of it is in the chart\./,
      ),
    });
    const again = await approved(changed);
    expect(again.plan.referralId).toBe(work.plan.referralId);
    await minutes(16);
    expect(await exceptionOf(work)).toBeUndefined();
    expect(await exceptionOf(again)).toBeDefined();
  });

  test('or until the clinician decides against it', async () => {
    const { work, changed } = await lapsed();
    expect(await exceptionOf(work)).toBeDefined();
    const made = await api.call('POST', '/recommendations', token, makeInput({ order: changed }));
    await api.call('POST', `/recommendations/${String(made.body['id'])}/dismissal`, token, { reason: 'No longer needed' });
    expect(await exceptionOf(work)).toBeUndefined();
  });
});

describe('an order the EHR keeps unsigned', () => {
  const unsigned = (work: Approved): ScriptedEhr =>
    scriptedEhr([], [work.order], {
      keeps: (resource) => (resource.resourceType === 'ServiceRequest' ? { ...resource, status: 'draft' } : resource),
    });

  test.each([
    ['active', 'done', 'active'],
    ['revoked', 'done', 'revoked'],
  ])('is read again until it is %s', async (status, writeBack, orderStatus) => {
    const work = await approved();
    const ehr = unsigned(work);
    await window(work.plan, ehr);
    expect((await planNow(work)).writeBack).toBe('awaiting-signature');
    await minutes(3);
    expect(await reconcile(ehr), 'unsigned still').toEqual({ looked: 1, settled: 0, unreachable: 0 });
    const address = `ServiceRequest/${work.order.id}`;
    ehr.stored.set(address, { ...(ehr.stored.get(address) as Resource), status, meta: { versionId: '9' } });
    await minutes(11);
    await reconcile(ehr);
    expect((await planNow(work)).writeBack).toBe(writeBack);
    const referral = await api.store.transaction(api.scope, (unit) => readReferral(unit, work.plan.referralId));
    expect(referral?.order.status).toBe(orderStatus);
    await minutes(24 * 60);
    expect(await reconcile(ehr), 'and no longer').toMatchObject({ looked: 0 });
  });

  test('by an EHR that answers after the lease has ended: the history and the plan say the same', async () => {
    const work = await approved();
    const ehr = unsigned(work);
    await window(work.plan, ehr);
    const address = `ServiceRequest/${work.order.id}`;
    ehr.stored.set(address, { ...(ehr.stored.get(address) as Resource), status: 'active', meta: { versionId: '9' } });
    await minutes(3);
    await reconcile({
      ...ehr,
      get: async (path) => {
        api.clock.now = new Date(api.clock.now.getTime() + 70_000);
        return ehr.get(path);
      },
    });
    const referral = await api.store.transaction(api.scope, (unit) => readReferral(unit, work.plan.referralId));
    expect([referral?.order.status, (await planNow(work)).writeBack]).toEqual(['active', 'done']);
  });

  test('is read also while something else of the plan is left', async () => {
    const work = await approved();
    const ehr = unsigned(work);
    await window(work.plan, ehr, { call: 'attempt', step: 'Task' });
    const address = `ServiceRequest/${work.order.id}`;
    ehr.stored.set(address, { ...(ehr.stored.get(address) as Resource), status: 'active', meta: { versionId: '9' } });
    await minutes(3);
    await reconcile(ehr);
    const referral = await api.store.transaction(api.scope, (unit) => readReferral(unit, work.plan.referralId));
    expect(referral?.order.status).toBe('active');
    expect(statuses(await planNow(work))).toBe('done done waiting waiting');
  });
});
