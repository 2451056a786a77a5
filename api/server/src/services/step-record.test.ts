/** What is put on record of a step, by whom, and under which lease: over HTTP, on PostgreSQL. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readReferral } from './referral-log.ts';
import { openReferralApi, type ReferralApi } from './test-referral-api.ts';
import { approveInput, type Body, makeInput, order, problemType } from './test-referral-input.ts';

const HOLDER = 'window-one-1234';
let api: ReferralApi;
let token: string;

beforeAll(async () => {
  api = await openReferralApi();
  token = await api.session();
});
afterAll(() => api.close());

type Step = { name: string; attemptedAt: string | null; notOurs: string[]; outcome: { status: string } };
const stepOf = (plan: Body, name: string): Step | undefined => (plan['steps'] as Step[]).find((step) => step.name === name);

async function approved(input: Body = makeInput()): Promise<{ plan: Body; order: string }> {
  const made = await api.call('POST', '/recommendations', token, input);
  const plan = await api.call('POST', '/approvals', token, approveInput(made.body as never, input));
  expect(plan.status, JSON.stringify(plan.body)).toBe(201);
  return { plan: plan.body, order: `ServiceRequest/${String((input['order'] as Body)['id'])}` };
}

const at = (plan: Body, path: string): string => `/plans/${String(plan['id'])}${path}`;
const lease = (plan: Body, holder = HOLDER) => api.call('POST', at(plan, '/lease'), token, { holder });
const attempt = (plan: Body, step: string, holder = HOLDER, as = token) =>
  api.call('POST', at(plan, `/steps/${step}/attempt`), as, { holder });
const report = (plan: Body, step: string, outcome: Body) =>
  api.call('POST', at(plan, `/steps/${step}`), token, { holder: HOLDER, outcome });
const judge = (plan: Body, step: string, ours: Body | null, as = token) =>
  api.call('POST', at(plan, `/steps/${step}/judgement`), as, { ours });
const withdraw = (plan: Body) => api.call('POST', at(plan, '/withdrawal'), token, { reason: 'Placed by hand' });

const candidates = [{ reference: 'DocumentReference/77', versionId: '1', filedAt: null, author: 'Dr. Lee' }];
const unsure = { status: 'unsure', detail: 'No mark', candidates };

describe('a write that is about to leave', () => {
  test('is on record with its time, renews the lease, and keeps the approval from being withdrawn unheard', async () => {
    const { plan } = await approved();
    expect(stepOf(plan, 'ServiceRequest')?.attemptedAt).toBeNull();
    const until = (await lease(plan)).body['lease'] as { until: string };
    api.clock.now = new Date(api.clock.now.getTime() + 20_000);
    const answered = await attempt(plan, 'ServiceRequest');
    expect(answered.status, JSON.stringify(answered.body)).toBe(200);
    expect(stepOf(answered.body, 'ServiceRequest')?.attemptedAt).toBe(api.clock.now.toISOString());
    expect((answered.body['lease'] as { until: string }).until > until.until).toBe(true);
    // The window is closed without a word, and its lease ends.
    api.clock.now = new Date(api.clock.now.getTime() + 61_000);
    const refused = await withdraw(plan);
    expect([refused.status, problemType(refused.body)]).toEqual([409, 'conflict']);
  });

  test('is as old as the machine’s clock says, however far the practice’s own is moved', async () => {
    const { plan } = await approved();
    await lease(plan);
    api.clock.ahead = 30 * 86_400_000;
    const sent = api.clock.now.toISOString();
    expect(stepOf((await attempt(plan, 'DocumentReference')).body, 'DocumentReference')?.attemptedAt).toBe(sent);
    await report(plan, 'DocumentReference', unsure);
    api.clock.ahead += 86_400_000;
    expect(problemType((await judge(plan, 'DocumentReference', null)).body), 'a day in the practice, no moment on the machine').toBe(
      'conflict',
    );
    api.clock.now = new Date(api.clock.now.getTime() + 61_000);
    expect((await judge(plan, 'DocumentReference', null)).status).toBe(200);
    api.clock.ahead = 0;
  });

  test('is told with the server’s own time, and with how long ago the server’s clock was set, up to a minute', async () => {
    const { plan } = await approved();
    const told = async () => {
      const { asOf, sinceClockSet } = (await api.call('GET', at(plan, ''), token)).body;
      return [asOf, sinceClockSet];
    };
    const asOf = api.clock.now.toISOString();
    api.clock.ahead = 30 * 86_400_000;
    expect([plan['asOf'], plan['sinceClockSet']]).toEqual([asOf, 60_000]);
    expect(await told()).toEqual([asOf, 60_000]);
    api.clock.sinceSet = 12_345;
    expect(await told()).toEqual([asOf, 12_345]);
    Object.assign(api.clock, { ahead: 0, sinceSet: Number.POSITIVE_INFINITY });
  });

  test('is answered by nothing that the EHR said of the one before, also where the clock was set back in between', async () => {
    const { plan } = await approved();
    await lease(plan);
    await attempt(plan, 'ServiceRequest');
    await report(plan, 'ServiceRequest', { status: 'refused', httpStatus: 403, detail: 'Not now' });
    await api.call('POST', at(plan, '/lease/return'), token, { holder: HOLDER });
    const right = api.clock.now;
    api.clock.now = new Date(right.getTime() - 9 * 60_000);
    await lease(plan);
    const again = await attempt(plan, 'ServiceRequest');
    expect(stepOf(again.body, 'ServiceRequest')).toMatchObject({
      outcome: { status: 'waiting' },
      attemptedAt: api.clock.now.toISOString(),
    });
    api.clock.now = right;
  });

  test('that the EHR had refused before keeps the approval, too: this one may be in the chart', async () => {
    const { plan } = await approved();
    await lease(plan);
    await attempt(plan, 'ServiceRequest');
    await report(plan, 'ServiceRequest', { status: 'refused', httpStatus: 403, detail: 'Not now' });
    await lease(plan);
    expect((await attempt(plan, 'ServiceRequest')).status).toBe(200);
    const sent = api.clock.now;
    // The window is closed without a word, and its lease ends.
    api.clock.now = new Date(sent.getTime() + 61_000);
    const refused = await withdraw(plan);
    expect([refused.status, problemType(refused.body)]).toEqual([409, 'conflict']);
    expect((refused.body as { detail: string }).detail).toContain('may be, in the chart');
    await lease(plan);
    await report(plan, 'ServiceRequest', { status: 'refused', httpStatus: 403, detail: 'Not now' });
    await api.call('POST', at(plan, '/lease/return'), token, { holder: HOLDER });
    expect((await withdraw(plan)).status, 'refused again, it is certain').toBe(200);
    api.clock.now = sent;
  });

  test('needs the lease: a window that slept through its own sends nothing', async () => {
    const { plan } = await approved();
    await lease(plan);
    api.clock.now = new Date(api.clock.now.getTime() + 61_000);
    expect((await lease(plan, 'window-two-5678')).status).toBe(200);
    const late = await attempt(plan, 'ServiceRequest');
    expect([late.status, problemType(late.body)]).toEqual([409, 'lease-lost']);
    expect(stepOf((await api.call('GET', at(plan, ''), token)).body, 'ServiceRequest')?.attemptedAt).toBeNull();
  });

  test('a window that stops gives its lease back, and nobody else’s', async () => {
    const { plan } = await approved();
    await lease(plan);
    await api.call('POST', at(plan, '/lease/return'), token, { holder: 'window-two-5678' });
    expect((await lease(plan, 'window-two-5678')).status).toBe(409);
    expect((await api.call('POST', at(plan, '/lease/return'), token, { holder: HOLDER })).body['lease']).toBeNull();
    expect((await lease(plan, 'window-two-5678')).status).toBe(200);
  });

  test('goes on whatever the order says: what looks like a place to be filled in is somebody’s words', async () => {
    const { plan } = await approved(makeInput({ order: order({ note: [{ text: '{{Task}}, {{NAME}}' }] }) }));
    await lease(plan);
    await report(plan, 'DocumentReference', { status: 'done', reference: 'DocumentReference/d1', versionId: '1' });
    expect((await attempt(plan, 'ServiceRequest')).status).toBe(200);
  });

  test('is not for a step that is done, nor for one the plan does not have', async () => {
    const { plan, order: reference } = await approved();
    await lease(plan);
    await report(plan, 'ServiceRequest', { status: 'done', reference, versionId: '4' });
    expect((await attempt(plan, 'ServiceRequest')).status).toBe(409);
    expect((await attempt(plan, 'Appointment')).status).toBe(400);
  });
});

describe('what a person says of an entry that may be ours', () => {
  test('this is it: the step is done, and the record says who judged', async () => {
    const { plan } = await approved();
    await lease(plan);
    await attempt(plan, 'DocumentReference');
    const told = await report(plan, 'DocumentReference', unsure);
    expect([told.body['writeBack'], stepOf(told.body, 'DocumentReference')?.outcome]).toMatchObject(['unsure', { candidates }]);
    api.clock.now = new Date(api.clock.now.getTime() + 61_000);
    const judged = await judge(plan, 'DocumentReference', { reference: 'DocumentReference/77', versionId: '1' });
    expect(judged.status, JSON.stringify(judged.body)).toBe(200);
    expect(stepOf(judged.body, 'DocumentReference')?.outcome).toMatchObject({ status: 'done', reference: 'DocumentReference/77' });
    expect(judged.body['lease'], 'the window may go on at once').toBeNull();
    const events = await api.store.transaction(api.scope, (unit) => unit.events.read(String(plan['referralId'])));
    expect(events.at(-1)).toMatchObject({ type: 'write-step-settled', version: 3, actor: { kind: 'person' } });
  });

  test('none of them: they are not offered again, and what was sent may still be there, come since they were listed', async () => {
    const { plan } = await approved();
    await lease(plan);
    const sentAt = api.clock.now.toISOString();
    await attempt(plan, 'DocumentReference');
    await report(plan, 'DocumentReference', unsure);
    api.clock.now = new Date(api.clock.now.getTime() + 61_000);
    const judged = await judge(plan, 'DocumentReference', null);
    expect(stepOf(judged.body, 'DocumentReference')).toMatchObject({
      outcome: { status: 'waiting' },
      attemptedAt: sentAt,
      notOurs: ['DocumentReference/77'],
    });
    const referral = await api.store.transaction(api.scope, (unit) => readReferral(unit, String(plan['referralId'])));
    const order = referral?.order;
    const steps = order && order.status !== 'draft' ? order.writeBack?.steps : undefined;
    expect(steps?.find(({ name }) => name === 'DocumentReference')).toEqual({ name: 'DocumentReference', outcome: null, attempted: true });
  });

  test('none of them, said while the write may still arrive, is too early: it would be written twice', async () => {
    const { plan } = await approved();
    await lease(plan);
    await attempt(plan, 'DocumentReference');
    await report(plan, 'DocumentReference', unsure);
    api.clock.now = new Date(api.clock.now.getTime() + 30_000);
    const early = await judge(plan, 'DocumentReference', null);
    expect([early.status, problemType(early.body)]).toEqual([409, 'conflict']);
    expect(early.body['detail']).toContain('may still arrive');
    const kept = stepOf((await api.call('GET', at(plan, ''), token)).body, 'DocumentReference');
    expect([kept?.outcome.status, kept?.attemptedAt !== null]).toEqual(['unsure', true]);
    // Nor is it known to be over where the clock was set forward in that minute.
    const right = api.clock.now;
    api.clock.now = new Date(right.getTime() + 9 * 60_000);
    api.clock.sinceSet = 30_000;
    expect((await judge(plan, 'DocumentReference', null)).status).toBe(409);
    Object.assign(api.clock, { now: right, sinceSet: Number.POSITIVE_INFINITY });
    // One of them it can be at once.
    expect((await judge(plan, 'DocumentReference', { reference: 'DocumentReference/77', versionId: '1' })).status).toBe(200);
  });

  test.each([
    ['an entry that was not found', 'DocumentReference/78', 409],
    ['an entry of another type', 'ServiceRequest/77', 409],
  ])('%s cannot be chosen', async (_what, reference, status) => {
    const { plan } = await approved();
    await lease(plan);
    await report(plan, 'DocumentReference', unsure);
    api.clock.now = new Date(api.clock.now.getTime() + 61_000);
    expect((await judge(plan, 'DocumentReference', { reference, versionId: null })).status).toBe(status);
  });

  test('waits for a window that is writing, and is nobody else’s to say', async () => {
    const { plan } = await approved();
    await lease(plan);
    // A step is left that this holder can write, so that it keeps its lease.
    await report(plan, 'DocumentReference', unsure);
    await lease(plan);
    expect(problemType((await judge(plan, 'DocumentReference', null)).body)).toBe('lease-held');
    const other = await api.session({ subject: 'dr-other' });
    expect((await judge(plan, 'DocumentReference', null, other)).status).toBe(404);
    expect((await attempt(plan, 'DocumentReference', HOLDER, other)).status).toBe(404);
  });

  test('candidates are told as what they are: entries of the step’s own type', async () => {
    const { plan } = await approved();
    await lease(plan);
    const wrong = { ...unsure, candidates: [{ ...candidates[0], reference: 'Observation/1' }] };
    expect((await report(plan, 'DocumentReference', wrong)).status).toBe(400);
  });
});

test('plans stored before attempts were on record count as tried when they were made', async () => {
  const { plan } = await approved();
  await api.store.transaction(api.scope, async (unit) => {
    const stored = await unit.plans.get(String(plan['id']));
    const content = stored?.content as { steps: Record<string, unknown>[] };
    const steps = content.steps.map(({ attemptedAt: _attempted, notOurs: _not, ...step }) => step);
    await unit.plans.takeLease(String(plan['id']), 'an-older-version', api.clock.now.toISOString(), 60);
    const by = { holder: 'an-older-version', now: api.clock.now.toISOString() };
    await unit.plans.saveStep(String(plan['id']), by, stored?.revision ?? 0, { content: { ...content, steps }, finished: false });
    await unit.plans.releaseLease(String(plan['id']), 'an-older-version');
  });
  const read = (await api.call('GET', at(plan, ''), token)).body;
  expect(stepOf(read, 'ServiceRequest')).toMatchObject({ attemptedAt: (plan['decision'] as { at: string }).at, notOurs: [] });
});
