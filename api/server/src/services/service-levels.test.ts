/** The service levels over HTTP on PostgreSQL: who sees and changes them, what is refused, and what becomes of what is open. */

import { recommend } from '@refloop/domain/referral/test-play';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PolicyLists, PolicyPreview, ServiceLevelsAnswer } from '../client/service-levels.ts';
import type { Unit } from '../store/store.ts';
import { createDueReferrals } from './engine/due-referrals.ts';
import { keepFirstPolicy } from './engine/policy-in-force.ts';
import { CLINICIAN, happens, putInForce } from './engine/test-in-force.ts';
import { raiseNoneInNetwork, raiseUnfinishedWriteBack } from './exceptions.ts';
import { applyCommand } from './referral-log.ts';
import { openReferralApi, type ReferralApi } from './test-referral-api.ts';

/** A Monday, ten in the morning in Chicago. */
const AT = '2026-11-16T16:00:00.000Z';
const hoursLater = (hours: number): string => new Date(Date.parse(AT) + hours * 3_600_000).toISOString();

let api: ReferralApi;
let admin: string;
let lead: string;

beforeAll(async () => {
  api = await openReferralApi();
  await api.store.enrol(api.scope);
  api.clock.now = new Date(AT);
  await keepFirstPolicy(api.store, api.scope, 'America/Chicago', api.clock.now);
  await api.session({ patientId: null, subject: 'kim', roles: ['coordinator'] });
  for (const id of ['r1', 'r2']) await putInForce(api.store, api.scope, id, AT);
  await happens(api.store, api.scope, 'r1', hoursLater(1), { type: 'send', transmissionId: 't', channel: 'fax' });
  api.clock.now = new Date(hoursLater(2));
  admin = await api.session({ patientId: null, subject: 'ada', roles: ['admin'] });
  lead = await api.session({ patientId: null, subject: 'lena', roles: ['lead'] });
});
afterAll(() => api.close());

const read = async (token = admin, version?: number): Promise<ServiceLevelsAnswer> =>
  (await api.call('GET', `/service-levels${version === undefined ? '' : `/versions/${version}`}`, token)).body as ServiceLevelsAnswer;
const post = (path: string, body: object, token = admin) => api.call('POST', `/service-levels${path}`, token, body);

const levelOf = ({ levels }: PolicyLists, kind: string) => levels.find((each) => each.kind === kind)?.within;
const answersWithin = (content: PolicyLists, routine: PolicyLists['levels'][number]['within']['routine']): PolicyLists => ({
  ...content,
  levels: content.levels.map((each) => (each.kind === 'answer' ? { ...each, within: { ...each.within, routine } } : each)),
});
const dueOf = async (referralId: string): Promise<string[]> =>
  (await api.store.transaction(api.scope, (unit) => unit.obligations.list({ status: 'open', referralId })))
    .filter(({ kind }) => kind !== 'unfinished-write-back')
    .map(({ dueAt }) => dueAt);
/** What can be seen of a policy being kept. */
const kept = () =>
  api.store.transaction(api.scope, async (unit) => [
    await unit.slaPolicies.versions(),
    await unit.referralTimers.due({ now: hoursLater(9), limit: 9 }),
  ]);

test('the default as a table: stage, what begins it, owner, who is waited for, deadline, steps and whom they reach', async () => {
  const levels = await read(lead);
  expect(levels).toMatchObject({ inForce: 1, mayChange: false, made: { version: 1, madeBy: 'Refloop', madeAt: AT } });
  expect((await read()).mayChange).toBe(true);
  expect(levels.stages.find(({ kind }) => kind === 'answer')).toEqual({
    kind: 'answer',
    name: 'Get an answer',
    trigger: 'It was first sent',
    owner: 'coordinator',
    waitingOn: 'specialist',
  });
  expect(levelOf(levels.content, 'answer')?.routine).toEqual({ days: 2, clock: 'business' });
  expect(levels.steps.find(({ rule }) => rule === 'R121')).toMatchObject({ of: 'order' });
  expect(levels.content.steps.find(({ rule }) => rule === 'R121')).toMatchObject({
    reach: 'clinician',
    after: { routine: { days: 30, clock: 'wall' } },
  });
  expect(levels.content.calendar).toMatchObject({ timeZone: 'America/Chicago', opens: 8, closes: 17 });
});

test('what is wrong is refused by its field, and nothing is half kept', async () => {
  const { content } = await read();
  const before = await kept();
  const faulty = { base: 1, content: answersWithin(content, { days: 1.5, clock: 'business' }), reason: 'For the test' };
  for (const path of ['/preview', '']) {
    const { reason, ...asked } = faulty;
    const refused = await post(path, path === '' ? { ...asked, reason } : asked);
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ field: 'levels.answer.routine', fix: expect.any(String) }] } });
  }
  const good = answersWithin(content, { days: 1, clock: 'business' });
  expect((await post('', { base: 1, content: good, reason: 'x' })).status, 'without a reason').toBe(400);
  expect((await post('', { base: 7, content: good, reason: 'For the test' })).status, 'of another version').toBe(409);
  expect((await post('', { base: 1, content, reason: 'For the test' })).status, 'nothing changed').toBe(422);
  const steps = content.steps.filter(({ rule }) => rule !== 'R117');
  expect((await post('', { base: 1, content: { ...content, steps }, reason: 'For the test' })).body['errors']).toMatchObject([
    { field: 'steps' },
  ]);
  expect((await post('', { base: 1, content: good, reason: 'For the test' }, lead)).status, 'a lead looks').toBe(403);
  expect(await kept()).toEqual(before);
});

test('a preview says what changes and how many open referrals it can reach, and keeps nothing', async () => {
  const { content } = await read();
  const before = await kept();
  const { status, body } = await post('/preview', { base: 1, content: answersWithin(content, { days: 1, clock: 'business' }) });
  expect(status).toBe(200);
  expect(body as PolicyPreview).toEqual({
    changes: [{ field: 'levels.answer.routine', what: 'Get an answer, routine', before: '2 business days', after: '1 business day' }],
    referrals: 1,
    atLeast: false,
  });
  expect(await kept()).toEqual(before);
});

test('a new version is in force at once: what is open is looked at anew, the one before stays, the change is on record', async () => {
  const { content } = await read();
  expect(await dueOf('r1')).toEqual([hoursLater(49)]);
  const untouched = await dueOf('r2');
  const asked = { base: 1, content: answersWithin(content, { days: 1, clock: 'business' }), reason: 'Agreed with the offices.' };
  const both = await Promise.all([post('', asked), post('', asked)]);
  expect(new Set(both.map(({ status }) => status)), 'one of two at once').toEqual(new Set([200, 409]));

  const { run } = createDueReferrals({
    store: api.store,
    now: () => api.clock.now,
    failed: (error) => {
      throw error;
    },
  });
  expect((await run()).looked).toBe(2);
  expect(await dueOf('r1')).toEqual([hoursLater(25)]);
  expect(await dueOf('r2')).toEqual(untouched);

  const after = await read(lead);
  expect(after.made).toMatchObject({ version: 2, madeBy: 'Dr. ada', reason: 'Agreed with the offices.' });
  expect(after.versions.map(({ version, reason }) => [version, reason])).toEqual([
    [2, 'Agreed with the offices.'],
    [1, 'The default, at first start.'],
  ]);
  expect((await read(lead, 1)).content).toEqual(content);
  expect((await api.call('GET', '/service-levels/versions/9', lead)).status).toBe(404);
});

test('what is owed before an order is in force keeps to the service levels: what is raised, and what is open when they change', async () => {
  const inScope = <Value>(work: (unit: Unit) => Promise<Value>): Promise<Value> => api.store.transaction(api.scope, work);
  const now = api.clock.now.toISOString();
  const about = { specialtyName: 'Cardiology', patientName: 'Rosa Example' };
  const raise = (referralId: string) =>
    inScope(async (unit) => {
      await applyCommand(unit, referralId, CLINICIAN, now, recommend(`rec-${referralId}`, null));
      const none = { ...about, id: `none-${referralId}`, referralId, urgency: 'routine' as const, withinMiles: 50, raisedBy: 's' };
      await raiseNoneInNetwork(unit, { ...none, now: api.clock.now });
      const unfinished = {
        ...about,
        planId: `plan-${referralId}`,
        referralId,
        performerName: 'Ana Rivera, MD',
        redFlag: false,
        subject: 's',
      };
      await raiseUnfinishedWriteBack(unit, { ...unfinished, now: api.clock.now });
    });
  const due = (referralId: string) =>
    inScope(async (unit) =>
      Object.fromEntries(
        (await unit.obligations.openOf(referralId)).map(({ kind, dueAt }) => [kind, (Date.parse(dueAt) - Date.parse(now)) / 3_600_000]),
      ),
    );
  admin = await api.session({ patientId: null, subject: 'ada', roles: ['admin'] });
  await raise('before');
  const { inForce, content } = await read();
  const set = { decide: { hours: 30, clock: 'wall' as const }, 'finish-writing': { hours: 5, clock: 'wall' as const } };
  const levels = content.levels.map((each) =>
    each.kind === 'decide' || each.kind === 'finish-writing' ? { ...each, within: { ...each.within, routine: set[each.kind] } } : each,
  );
  expect((await due('before'))['unfinished-write-back']).toBeGreaterThanOrEqual(24);
  const asked = { base: inForce, content: { ...content, levels } };
  const reached = (await post('/preview', asked)).body as PolicyPreview;
  expect(reached.referrals).toBeGreaterThanOrEqual(1);
  expect((await post('', { ...asked, reason: 'For the test' })).status).toBe(200);
  expect(await due('before')).toEqual({ 'none-in-network': 30, 'unfinished-write-back': 5 });
  await raise('after');
  expect(await due('after')).toEqual({ 'none-in-network': 30, 'unfinished-write-back': 5 });
});
