/** The worklist over HTTP on PostgreSQL: who sees what, what is put on record, and what is refused. */
import type { ReferralFact } from '@refloop/domain/referral/event';
import { observe } from '@refloop/domain/referral/observe';
import { recommend } from '@refloop/domain/referral/test-play';
import { ok } from '@refloop/domain/result';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Thread } from '../client/thread.ts';
import type { MyWork } from '../client/work.ts';
import type { WorklistAnswer, WorklistLine } from '../client/worklist.ts';
import type { Session } from '../sessions/session.ts';
import type { NewAuditEntry } from '../store/audit.ts';
import type { Store, Unit } from '../store/store.ts';
import { CLINICIAN, happens, PATIENT, putInForce } from './engine/test-in-force.ts';
import { raiseUnfinishedWriteBack } from './exceptions.ts';
import { applyCommand, applyDecision, readReferral } from './referral-log.ts';
import { openReferralApi, type ReferralApi } from './test-referral-api.ts';
import { createWorklistService } from './worklist.ts';
import { createWorklistExportService } from './worklist-export.ts';

let api: ReferralApi;
let coordinator: string;
let lead: string;
let clinician: string;

const AT = '2026-11-20T15:00:00.000Z';

beforeAll(async () => {
  api = await openReferralApi();
  await at(AT);
  for (const id of ['r1', 'r2', 'r3']) await putInForce(api.store, api.scope, id, AT);
  await at(new Date(Date.parse(AT) + 3_600_000).toISOString());
});
afterAll(() => api.close());

/** Time passes, and whoever comes back signs in again. */
async function at(moment: string): Promise<void> {
  api.clock.now = new Date(moment);
  coordinator = await api.session({ patientId: null, subject: 'kim', roles: ['coordinator'] });
  lead = await api.session({ patientId: null, subject: 'lena', roles: ['lead'] });
}

type Whole = Extract<WorklistAnswer, { kind: 'whole' }>;
const listSince = async (token: string, mark?: string): Promise<Exclude<WorklistAnswer, { kind: 'part' }>> =>
  (await api.call('GET', mark === undefined ? '/worklist' : `/worklist?since=${mark}`, token)).body as Exclude<
    WorklistAnswer,
    { kind: 'part' }
  >;
const list = async (token: string): Promise<Whole> => (await listSince(token)) as Whole;
const rowOf = async (token: string, referralId: string) =>
  (await list(token)).rows.find((row) => row.referralId === referralId && row.kind !== 'unfinished-write-back');
const thread = async (id: string): Promise<Thread> => (await api.call('GET', `/worklist/referrals/${id}`, coordinator)).body as Thread;

let presses = 0;
async function act(id: string, what: object, more: { sequence?: number; key?: string } = {}) {
  const { sequence } = await thread(id);
  presses += 1;
  return api.call('POST', `/worklist/referrals/${id}/acts`, coordinator, { key: `press-${presses}-0123`, sequence, what, ...more });
}
const now = (): string => api.clock.now.toISOString();

test('a press whose key was one of another referral is refused in words, and puts nothing on record', async () => {
  const key = 'press-of-another-0123';
  const what = { act: 'contacted', outcome: 'left-message' };
  expect((await act('r2', what, { key })).status).toBe(200);
  const before = (await thread('r3')).sequence;
  const refused = await act('r3', what, { key });
  expect([refused.status, String(refused.body['detail'])]).toEqual([409, expect.stringContaining('another referral')]);
  const reply = { key: 'reply-of-another-0123', text: 'It is on its way.' };
  const say = async (id: string) =>
    api.call('POST', `/worklist/referrals/${id}/messages`, coordinator, { ...reply, sequence: (await thread(id)).sequence });
  expect((await say('r2')).status).toBe(200);
  expect((await say('r3')).status).toBe(409);
  expect((await thread('r3')).sequence).toBe(before);
});

test('a line without an order says where it is settled', async () => {
  const id = 'unknown-number-of-this-test';
  const content = { specialtyName: '', patientName: '', detail: 'Call them.' };
  const row = { id, referralId: id, kind: 'unknown-number', raisedAt: AT, dueAt: AT, owner: null, raisedBy: null, content };
  await api.store.transaction(api.scope, (unit) => unit.obligations.insert(row));
  const opened = await api.call('GET', `/worklist/referrals/${id}`, coordinator);
  expect([opened.status, String(opened.body['detail'])]).toEqual([404, expect.stringContaining('settled under Exceptions')]);
  await api.store.transaction(api.scope, (unit) => unit.obligations.settle(id, { what: 'done', at: AT }));
  expect(String((await api.call('GET', `/worklist/referrals/${id}`, coordinator)).body['detail'])).toContain('Reload the list');
});

test('whoever was told by an earlier step stays told: on their own list and in the thread', async () => {
  const doctor = await api.session({ patientId: null, subject: 's', roles: ['clinician'] });
  const step = (to: string, rule: string) => ({ rule, act: 'alert', words: 'Look at it.', at: AT, to });
  const escalated = (...steps: object[]) =>
    api.store.transaction(api.scope, async (unit) => {
      const row = (await unit.obligations.openOf('r3')).find(({ kind }) => kind === 'send');
      const content = { ...(row?.content as object), steps };
      const { owner, dueAt } = row ?? { owner: null, dueAt: AT };
      const escalatedTo = (steps.at(-1) as { to: string } | undefined)?.to ?? null;
      await unit.obligations.settle(row?.id ?? '', { what: 'revise', owner, dueAt, escalatedTo, content });
    });
  const told = async () => ((await api.call('GET', '/work', doctor)).body as MyWork).told.map(({ referralId }) => referralId);
  const shown = async () => [(await api.call('GET', '/worklist/referrals/r3', doctor)).status, (await list(doctor)).rows.length];
  expect([await told(), await shown()]).toEqual([[], [200, 0]]);
  await escalated(step('s', 'R78'), step('lena', 'R78-lead'));
  expect([await told(), await shown()]).toEqual([['r3'], [200, 1]]);
  await escalated();
});

test('every open obligation, with who waits on whom and both clocks', async () => {
  const answer = await list(coordinator);
  const row = answer.rows.find((each) => each.referralId === 'r1' && each.kind === 'send');
  expect(row).toMatchObject({
    next: 'Send to the specialist',
    waitingOn: 'coordinator',
    owner: 'kim',
    patientName: PATIENT,
    performerName: 'Ana Rivera, MD',
    urgency: 'routine',
    status: 'in-chart',
    attempts: 1,
    channel: null,
  });
  expect((await thread('r1')).obligations).toMatchObject([
    { owner: { subject: 'kim', name: 'kim' }, mine: true, ageBusinessHours: 1, leftBusinessHours: 3 },
  ]);
  expect(answer.names).toEqual({ kim: 'kim' });
  expect(answer.rows.map(({ dueAt }) => dueAt)).toEqual(answer.rows.map(({ dueAt }) => dueAt).toSorted());
  expect(answer.more).toBe(0);
  expect(answer.people).toEqual([
    { subject: 'kim', name: 'kim' },
    { subject: 'lena', name: 'lena' },
  ]);
  expect(answer.calendar).toMatchObject({ opens: 8, closes: 17 });
  expect((await rowOf(lead, 'r1'))?.owner).toBe('kim');
});

test('a whole loop by hand, read as one thread of all parties', async () => {
  for (const what of [
    { act: 'sent', channel: 'fax', at: now() },
    { act: 'accepted', at: now() },
    { act: 'booked', startsAt: '2026-12-08T09:00:00-06:00', at: now() },
  ]) {
    const done = await act('r1', what);
    expect(done.status, JSON.stringify(done.body)).toBe(200);
  }
  expect(await rowOf(coordinator, 'r1')).toMatchObject({
    next: 'Visit is ahead',
    dueAt: '2026-12-08T15:00:00.000Z',
    status: 'scheduled',
    channel: 'fax',
  });
  await at('2026-12-08T20:00:00.000Z');
  await act('r1', { act: 'seen', at: now() });
  const noted = await act('r1', { act: 'note', form: 'final', at: now() });
  expect(noted.body).toMatchObject({
    status: 'reported',
    obligations: [{ kind: 'review', next: 'Review the report', owner: { subject: 's' } }],
  });
  clinician = await api.session({ patientId: null, subject: 's' });
  const another = await api.session({ patientId: null, subject: 'another' });
  const { toReview } = (await api.call('GET', '/work', clinician)).body as MyWork;
  expect(toReview).toMatchObject([{ referralId: 'r1', patientName: PATIENT, performerName: 'Ana Rivera, MD' }]);
  const asked = { referralId: 'r1', reportId: toReview[0]?.reportId };
  expect((await api.call('POST', '/work/reviews', another, asked)).status).toBe(404);
  expect((await api.call('POST', '/work/reviews', clinician, asked)).body).toEqual({ reviewed: true, asked: true });
  expect((await api.call('POST', '/work/reviews', clinician, asked)).body).toEqual({ reviewed: true, asked: false });
  // How easy it is for them is kept with the referral, once, and nobody reads it in the thread.
  const answer = { referralId: 'r1', score: 4 };
  expect((await api.call('POST', '/work/answers', another, answer)).status).toBe(404);
  expect((await api.call('POST', '/work/answers', clinician, { ...answer, score: 6 })).status).toBe(400);
  expect((await api.call('POST', '/work/answers', clinician, answer)).body).toEqual({ taken: true });
  expect((await api.call('POST', '/work/answers', clinician, answer)).status).toBe(404);
  expect(JSON.stringify((await thread('r1')).entries)).not.toMatch(/find their work/);
  expect(await rowOf(coordinator, 'r1')).toBeUndefined();
  expect(await thread('r1')).toMatchObject({ status: 'closed', patientName: PATIENT, obligations: [], acts: ['unlink-report'] });
  const { entries } = noted.body as Thread;
  expect(entries.filter(({ party }) => party === 'office').map(({ title }) => title)).toEqual([
    'Accepted',
    'Appointment booked',
    'Patient seen',
    'Note received',
  ]);
  expect(entries.find(({ title }) => title === 'Given to a coordinator')).toMatchObject({ by: 'Refloop', detail: 'kim, in turn' });
});

test('the same press twice is on record once; another who was faster is told, and nothing is put on record', async () => {
  const { sequence } = await thread('r2');
  const press = { key: 'press-same-0123', sequence, what: { act: 'sent', channel: 'fax', at: now() } };
  const first = await api.call('POST', '/worklist/referrals/r2/acts', coordinator, press);
  const again = await api.call('POST', '/worklist/referrals/r2/acts', coordinator, press);
  expect([first.status, again.status, again.body['sequence']]).toEqual([200, 200, first.body['sequence']]);
  const late = await api.call('POST', '/worklist/referrals/r2/acts', coordinator, {
    ...press,
    key: 'press-late-0123',
    what: { act: 'received', at: now() },
  });
  expect([late.status, late.body['type']]).toEqual([409, '/problems/conflict']);
  expect((await thread('r2')).sequence).toBe(first.body['sequence']);
});

test.each<[string, object, number, RegExp]>([
  ['a moment that lies ahead', { act: 'received', at: '2027-01-01T00:00:00.000Z' }, 400, /ahead/],
  ['a missed visit where none is booked', { act: 'missed', at: AT }, 409, /No visit is booked/],
  ['an act that there is not', { act: 'teleported', at: AT }, 400, /./],
  ['an ending without a reason', { act: 'ended', how: 'cancelled', reason: ' ' }, 400, /./],
])('refused: %s', async (_what, what, status, words) => {
  const { sequence } = await thread('r2');
  const refused = await act('r2', what);
  expect([refused.status, String(refused.body['detail'])]).toEqual([status, expect.stringMatching(words)]);
  expect((await thread('r2')).sequence).toBe(sequence);
});

test('what keeps a referral from going its usual way is on its row', async () => {
  await putInForce(api.store, api.scope, 'r4', now());
  expect((await rowOf(coordinator, 'r4'))?.exception).toBeNull();
  await act('r4', { act: 'contacted', outcome: 'unreachable' });
  expect((await rowOf(coordinator, 'r4'))?.exception).toBe('patient-unreachable');
  await act('r4', { act: 'sent', channel: 'fax', at: now() });
  await act('r4', { act: 'declined', reason: 'wrong-specialty', at: now() });
  expect(await rowOf(coordinator, 'r4')).toMatchObject({ kind: 'reroute', exception: 'wrong-specialty' });
});

test('given to another and given back; only to somebody who has the role; each line says what became of it', async () => {
  const give = (referralIds: string[], to: string) => api.call('POST', '/worklist/assignment', coordinator, { referralIds, to });
  const given = (referralId: string) => ({ referralId, before: 'kim', withClinician: false });
  expect((await give(['r2', 'r3'], 'lena')).body).toEqual({ assigned: [given('r2'), given('r3')], left: [] });
  expect(await rowOf(lead, 'r3')).toMatchObject({ owner: 'lena' });
  expect((await thread('r3')).coordinator).toEqual({ subject: 'lena', name: 'lena' });
  expect((await give(['r3'], 'nobody')).status).toBe(400);
  expect((await give(['no-such'], 'kim')).status).toBe(404);
  // A number of nobody's stands among the lines: the others are given all the same.
  expect((await give(['r2', 'unknown-number-1', 'r3'], 'lena')).body).toEqual({
    assigned: [],
    left: [
      { referralId: 'r2', why: 'theirs-already' },
      { referralId: 'unknown-number-1', why: 'not-here' },
      { referralId: 'r3', why: 'theirs-already' },
    ],
  });
  const back = await give(['r2', 'unknown-number-1', 'r3'], 'kim');
  expect(back.body).toMatchObject({ assigned: [{ referralId: 'r2' }, { referralId: 'r3' }], left: [{ why: 'not-here' }] });
  expect(await rowOf(coordinator, 'r3')).toMatchObject({ owner: 'kim' });
});

test('a line whose order is not in force is not given; of one that waits for its clinician alone it is said so', async () => {
  const give = (referralIds: string[], to: string) => api.call('POST', '/worklist/assignment', coordinator, { referralIds, to });
  await api.store.transaction(api.scope, (unit) => applyCommand(unit, 'not-approved', CLINICIAN, now(), recommend('rec', null)));
  expect((await give(['not-approved', 'r2'], 'lena')).body).toMatchObject({
    assigned: [{ referralId: 'r2' }],
    left: [{ referralId: 'not-approved', why: 'no-order-in-force' }],
  });
  await give(['r2'], 'kim');
  await putInForce(api.store, api.scope, 'r-read', now());
  for (const what of [
    { act: 'sent', channel: 'fax', at: now() },
    { act: 'note', form: 'final', at: now() },
  ])
    await act('r-read', what);
  expect((await give(['r-read'], 'lena')).body).toMatchObject({ assigned: [{ referralId: 'r-read', withClinician: true }] });
});

test('what is read and done is on record, without what was read', async () => {
  await thread('r3');
  await act('r3', { act: 'contacted', outcome: 'left-message' });
  const entries = await api.store.transaction(api.scope, (unit) => unit.audit.list({ referralId: 'r3' }));
  const [act1, read] = entries.toReversed();
  expect([read?.action, act1?.action]).toEqual(['worklist.thread-read', 'worklist.act']);
  expect(act1).toMatchObject({ actor: { subject: 'kim' }, payload: { act: 'contacted', outcome: 'left-message' } });
  expect(JSON.stringify(entries)).not.toContain(PATIENT);
});

test('where nobody coordinates, the clinician sees what is theirs and works on it; nobody else sees it', async () => {
  const scope = { ...api.scope };
  await api.store.transaction(scope, async (unit) => {
    for (const subject of ['kim', 'lena'])
      await unit.grants.put({
        subject,
        fhirUser: `Practitioner/${subject}`,
        name: subject,
        roles: [],
        grantedBy: 't',
        grantedAt: AT,
        reason: 't',
      });
  });
  await putInForce(api.store, api.scope, 'r-alone', now());
  const own = await api.session({ patientId: null, subject: 's' });
  const another = await api.session({ patientId: null, subject: 'another' });
  const mine = (await list(own)).rows.filter(({ referralId }) => referralId === 'r-alone');
  expect(mine).toMatchObject([{ kind: 'send', owner: 's' }]);
  expect((await list(another)).rows).toEqual([]);
  expect((await api.call('GET', '/worklist/referrals/r-alone', another)).status).toBe(404);
  const read = (await api.call('GET', '/worklist/referrals/r-alone', own)).body as Thread;
  const sent = { key: 'press-own-01234', sequence: read.sequence, what: { act: 'sent', channel: 'fax', at: now() } };
  expect((await api.call('POST', '/worklist/referrals/r-alone/acts', another, sent)).status).toBe(404);
  expect(read.mayWork).toBe(true);
  await api.store.transaction(api.scope, async (unit) => {
    for (const { id, owner, dueAt, content } of await unit.obligations.openOf('r-alone'))
      await unit.obligations.settle(id, { what: 'revise', owner, dueAt, escalatedTo: 'another', content });
  });
  const told = (await api.call('GET', '/worklist/referrals/r-alone', another)).body;
  expect(told, 'whoever was told of it reads').toMatchObject({
    mayWork: false,
    acts: [],
    effects: [],
    mayAskNext: false,
    sequence: read.sequence,
  });
  expect((await api.call('POST', '/worklist/referrals/r-alone/acts', another, sent)).status, 'and does nothing').toBe(404);
  expect((await api.call('POST', '/worklist/referrals/r-alone/acts', own, sent)).status).toBe(200);
});

test('a note of somebody who was not asked is linked at the worklist, and then the clinician’s to review', async () => {
  await at('2026-12-09T15:00:00.000Z');
  await putInForce(api.store, api.scope, 'r-link', now());
  await happens(api.store, api.scope, 'r-link', now(), { type: 'send', transmissionId: 't', channel: 'fax' });
  const report = { kind: 'report', attempt: 1, form: 'final', document: null, matched: false, at: now() } as const;
  await api.store.transaction(api.scope, (unit) =>
    applyDecision(unit, 'r-link', { kind: 'software', name: 'refloop', version: '0.1.0' }, now(), (referral) =>
      ok(observe(referral, { ...report, reportId: 'DocumentReference/pa', fromNpi: '1999999984', key: 'pa|1' }, now())),
    ),
  );
  const before = await thread('r-link');
  expect(before.obligations.map(({ next }) => next)).toContain('Link the report');
  expect(before.acts).toContain('link-report');
  expect(before.toLink).toEqual({
    reports: [{ reportId: 'DocumentReference/pa', form: 'final', fromNpi: '1999999984', at: now(), refused: false }],
    attempts: [{ attempt: 1, name: 'Ana Rivera, MD' }],
    linked: [],
  });
  const end = await act('r-link', { act: 'ended', how: 'cancelled', reason: 'moved away' });
  expect([end.status, String(end.body['detail'])]).toEqual([409, expect.stringContaining('Link it first, or say')]);
  const wrong = { ...report, reportId: 'DocumentReference/pb', fromNpi: null, key: 'pb|1' };
  await api.store.transaction(api.scope, (unit) =>
    applyDecision(unit, 'r-link', { kind: 'software', name: 'refloop', version: '0.1.0' }, now(), (referral) =>
      ok(observe(referral, wrong, now())),
    ),
  );
  const refuse = { act: 'refuse-report', reportId: 'DocumentReference/pb' };
  expect((await act('r-link', { ...refuse, reason: ' ' })).status, 'with a reason').toBe(400);
  const refused = await act('r-link', { ...refuse, reason: 'Of the visit of last year' });
  const ofElse = { reportId: 'DocumentReference/pb', refused: true };
  expect(refused.body).toMatchObject({ toLink: { reports: [{ reportId: 'DocumentReference/pa', refused: false }, ofElse] } });
  const link = { act: 'link-report', reportId: 'DocumentReference/pa', attempt: 1 };
  expect((await act('r-link', { ...link, attempt: 2 })).status, 'nobody was asked so often').toBe(409);
  const done = await act('r-link', link);
  expect(done.status, JSON.stringify(done.body)).toBe(200);
  expect(done.body).toMatchObject({ status: 'reported', toLink: { reports: [ofElse] } });
  const after = await thread('r-link');
  expect(after.obligations.map(({ next }) => next)).toEqual(['Review the report']);
  expect(after.entries.find(({ title }) => title.startsWith('Note linked'))).toMatchObject({ party: 'practice', by: 'kim' });
  const said = { party: 'practice', by: 'kim', detail: 'Of the visit of last year' };
  expect(after.entries.find(({ title }) => title === 'Note is not of this referral')).toMatchObject(said);
  const undone = await act('r-link', { ...link, reportId: 'DocumentReference/pb' });
  expect(undone.body, 'refused by mistake').toMatchObject({ toLink: { reports: [] } });
  expect((await thread('r-link')).obligations.map(({ next }) => next)).toEqual(['Review the report', 'Review the report']);
});

test('a row tells what makes it worse that it waits, from the approval on, until the patient was seen', async () => {
  const kim = await api.session({ patientId: null, subject: 'kim', roles: ['coordinator'] });
  const risks = async (): Promise<string[][]> =>
    (await list(kim)).rows.filter(({ referralId }) => referralId === 'r-risk').map((row) => row.risks);
  await putInForce(api.store, api.scope, 'r-risk', now(), 'routine', 'p-risk', 'Rosa Example', true);
  expect(await risks()).toEqual([['red-flag']]);
  for (const command of [
    { type: 'send', transmissionId: 't', channel: 'fax' },
    { type: 'accept' },
    { type: 'schedule', appointmentId: 'a', startsAt: now() },
    { type: 'no-show', appointmentId: 'a' },
  ] as const)
    await happens(api.store, api.scope, 'r-risk', now(), command);
  expect(await risks()).toEqual([['red-flag', 'missed-visit']]);
  await happens(api.store, api.scope, 'r-risk', now(), { type: 'schedule', appointmentId: 'b', startsAt: now() });
  await happens(api.store, api.scope, 'r-risk', now(), { type: 'mark-seen', appointmentId: 'b' });
  expect(await risks()).toEqual([[]]);
});

test('asked again, only what has changed is told, and put on record with the referrals it names', async () => {
  await api.session({ patientId: null, subject: 'kim', roles: ['coordinator'] });
  await api.session({ patientId: null, subject: 'lena', roles: ['lead'] });
  for (const id of ['r-changed', 'r-still']) await putInForce(api.store, api.scope, id, now());
  const first = await list(coordinator);
  const nothing = await listSince(coordinator, first.mark);
  expect(nothing).toEqual({ kind: 'unchanged', at: now(), mark: expect.any(String) });

  const answered = await act('r-changed', { act: 'sent', channel: 'fax', at: now() });
  expect(answered.status).toBe(200);
  const send = first.rows.find(({ referralId, kind }) => referralId === 'r-changed' && kind === 'send');
  const changes = await listSince(coordinator, nothing.mark);
  expect(changes).toMatchObject({ kind: 'changes', rows: [{ referralId: 'r-changed', kind: 'answer' }], gone: [send?.id], more: 0 });
  expect(await listSince(coordinator, changes.mark)).toMatchObject({ kind: 'unchanged' });

  const entries: NewAuditEntry[] = [];
  const noted = (unit: Unit): Unit => ({
    ...unit,
    audit: {
      ...unit.audit,
      append: async (entry) => {
        entries.push(entry);
        return unit.audit.append(entry);
      },
    },
  });
  const store: Store = { ...api.store, transaction: (scope, work) => api.store.transaction(scope, (unit) => work(noted(unit))) };
  const kim = {
    subject: 'kim',
    roles: ['coordinator'],
    scope: api.scope,
    sessionId: 'x',
    fhirUser: 'Practitioner/kim',
  } as unknown as Session;
  const service = createWorklistService({ store });
  for (const since of [undefined, nothing.mark, changes.mark]) await service.list(kim, since === undefined ? {} : { since }, api.clock.now);
  const listings = entries.map(({ action, payload }) => ({ action, ...(payload as { kind: string; referrals: string[] }) }));
  expect(listings.map(({ action, kind }) => [action, kind])).toEqual([
    ['worklist.listed', 'whole'],
    ['worklist.listed', 'changes'],
  ]);
  expect(listings[0]?.referrals).toEqual(expect.arrayContaining(['r-changed', 'r-still']));
  expect(listings[1]?.referrals).toEqual(['r-changed']);
});

test('a change that was under way while the list was read is told afterwards', async () => {
  let commit = (): void => undefined;
  let began = (): void => undefined;
  const writing = new Promise<void>((done) => {
    began = done;
  });
  const row = {
    id: 'slow',
    referralId: 'r-slow',
    kind: 'reconcile',
    raisedAt: now(),
    dueAt: now(),
    owner: 'kim',
    raisedBy: null,
    content: {},
  };
  const slow = api.store.transaction(api.scope, async (unit) => {
    await unit.obligations.insert(row);
    began();
    await new Promise<void>((done) => {
      commit = done;
    });
  });
  await writing;
  const read = await list(coordinator);
  expect(read.rows.some(({ id }) => id === 'slow')).toBe(false);
  // Another that is over before it: the first has an older number and commits later.
  await act('r-still', { act: 'sent', channel: 'fax', at: now() });
  const between = (await listSince(coordinator, read.mark)) as Extract<WorklistAnswer, { kind: 'changes' }>;
  commit();
  await slow;
  expect(await listSince(coordinator, between.mark)).toMatchObject({
    kind: 'changes',
    rows: expect.arrayContaining([expect.objectContaining({ id: 'slow' })]),
  });
});

test('a mark of one reader is none for another, and other people or another calendar make another list', async () => {
  const { mark } = await list(coordinator);
  const own = await api.session({ patientId: null, subject: 's' });
  const theirs = await listSince(own, mark);
  expect(theirs.kind).toBe('whole');
  expect((theirs as Whole).rows.every(({ owner, escalatedTo }) => owner === 's' || escalatedTo === 's')).toBe(true);
  expect(await listSince(own, theirs.mark)).toMatchObject({ kind: 'unchanged' });
  await act('r3', { act: 'sent', channel: 'fax', at: now() });
  const after = await listSince(own, theirs.mark);
  expect(after.kind, 'whoever does not see all is told no change of others').toBe('whole');
  await api.session({ patientId: null, subject: 'noor', roles: ['coordinator'] });
  expect((await listSince(coordinator, mark)).kind).toBe('whole');
  expect((await api.call('GET', '/worklist?since=1;drop', coordinator)).status).toBe(400);
});

describe('as a file', () => {
  const take = async (token: string, ids: string[], more: object = {}) => {
    const file = await api.download('/worklist/export', token, { ids, view: 'All open', purpose: 'For the morning huddle', ...more });
    return { ...file, lines: new TextDecoder().decode(file.bytes).split('\r\n') };
  };

  test('the lines that are shown, in their order; no text of theirs is a formula', async () => {
    await api.store.transaction(api.scope, (unit) =>
      raiseUnfinishedWriteBack(unit, {
        planId: 'plan-formula',
        referralId: 'r2',
        specialtyName: 'Cardiology',
        patientName: '=HYPERLINK("https://evil.example.org")',
        performerName: 'Ana Rivera, MD',
        redFlag: false,
        subject: 's',
        now: api.clock.now,
      }),
    );
    const shown = (await list(coordinator)).rows.toReversed();
    const { status, headers, lines } = await take(
      coordinator,
      shown.map(({ id }) => id),
    );
    expect([status, headers.get('content-type'), headers.get('content-disposition')]).toEqual([
      200,
      'text/csv',
      'attachment; filename="referrals.csv"',
    ]);
    expect(lines[0]).toMatch(/^next_action,waiting_on,owner,.*,patient,to,.*,referral,as_of$/);
    expect(lines).toHaveLength(shown.length + 2);
    expect(lines.slice(1, -1).map((line, at) => line.includes(`,${shown[at]?.referralId},`))).toEqual(shown.map(() => true));
    const formula = lines.find((line) => line.includes('HYPERLINK')) ?? '';
    expect(formula).toContain(`,"'=HYPERLINK(""https://evil.example.org"")",,Cardiology,`);
  });

  test('holds nothing that the reader may not see, and nothing that is over', async () => {
    const all = (await list(coordinator)).rows;
    const own = await api.session({ patientId: null, subject: 's' });
    const theirs = new Set((await list(own)).rows.map(({ id }) => id));
    const { lines } = await take(own, [...all.map(({ id }) => id), 'over-long-ago']);
    expect(theirs.size).toBeGreaterThan(0);
    expect(theirs.size).toBeLessThan(all.length);
    expect(lines).toHaveLength(theirs.size + 2);
    const nobody = await api.session({ patientId: null, subject: 'nobody-else' });
    expect(
      (
        await take(
          nobody,
          all.map(({ id }) => id),
        )
      ).status,
    ).toBe(404);
    expect(
      (
        await take(
          coordinator,
          all.map(({ id }) => id),
          { purpose: ' ' },
        )
      ).status,
    ).toBe(400);
  });

  test('is on record with who took it, what for and whom it was about', async () => {
    const appended: NewAuditEntry[] = [];
    const listening: Store = {
      ...api.store,
      transaction: (scope, work) =>
        api.store.transaction(scope, (unit) =>
          work({
            ...unit,
            audit: {
              ...unit.audit,
              append: (entry) => {
                appended.push(entry);
                return unit.audit.append(entry);
              },
            },
          } satisfies Unit),
        ),
    };
    const reader = {
      scope: api.scope,
      subject: 'kim',
      roles: ['coordinator'],
      fhirUser: 'Practitioner/kim',
      sessionId: 'x',
    } as unknown as Session;
    const [row] = (await list(coordinator)).rows;
    const question = { ids: [row?.id ?? ''], view: 'All open', purpose: 'For the morning huddle' };
    await createWorklistExportService({ store: listening }).file(reader, question, api.clock.now);
    expect(appended).toEqual([
      expect.objectContaining({
        action: 'worklist.exported',
        purpose: 'HOPERAT',
        payload: { view: 'All open', purpose: 'For the morning huddle', rows: 1, referrals: [row?.referralId] },
      }),
    ]);
  });
});

test('five weeks later a clinician is asked again, not about the same note, and what they say moves nothing that others have open', async () => {
  await at(new Date(api.clock.now.getTime() + 35 * 24 * 3_600_000).toISOString());
  await putInForce(api.store, api.scope, 'r9', now());
  const asClinician = await api.session({ patientId: null, subject: 's' });
  const review = async (referralId: string) => {
    const reports = await api.store.transaction(api.scope, async (unit) => (await readReferral(unit, referralId))?.reports);
    return (await api.call('POST', '/work/reviews', asClinician, { referralId, reportId: reports?.[0]?.id })).body;
  };
  expect(await review('r1')).toEqual({ reviewed: true, asked: false });
  for (const what of [{ act: 'sent', channel: 'fax' }, { act: 'accepted' }, { act: 'note', form: 'interim' }]) {
    expect((await act('r9', { ...what, at: now() })).status).toBe(200);
  }
  expect(await review('r9')).toEqual({ reviewed: true, asked: true });
  const shown = { row: await rowOf(lead, 'r9'), thread: await thread('r9') };
  expect(shown.row?.lastEvent?.name).toBe('Note reviewed');
  const eventsOf = () => api.store.transaction(api.scope, ({ events }) => events.read('r9'));
  const before = await eventsOf();
  expect((await api.call('POST', '/work/answers', asClinician, { referralId: 'r9', score: 2 })).body).toEqual({ taken: true });
  expect((await eventsOf()).slice(before.length).map(({ type }) => type)).toEqual(['clinician-rated']);
  expect({ row: await rowOf(lead, 'r9'), thread: await thread('r9') }).toEqual(shown);
  const press = { key: 'press-after-answer', sequence: shown.thread.sequence, what: { act: 'contacted', outcome: 'left-message' } };
  expect((await api.call('POST', '/worklist/referrals/r9/acts', coordinator, press)).status).toBe(200);
});

test('a text that leaves by itself while a form is open takes no press away; what the patient writes does', async () => {
  await putInForce(api.store, api.scope, 'r10', now());
  const told = (fact: ReferralFact) =>
    api.store.transaction(api.scope, (unit) =>
      applyDecision(unit, 'r10', { kind: 'software', name: 'test', version: '1' }, now(), () => ({
        ok: true,
        value: [{ effectiveAt: now(), factKey: null, fact }],
      })),
    );
  const pressed = async (key: string, { sequence }: Thread) => {
    const press = { key, sequence, what: { act: 'contacted', outcome: 'left-message' } };
    return (await api.call('POST', '/worklist/referrals/r10/acts', coordinator, press)).status;
  };
  const open = await thread('r10');
  await told({ type: 'patient-messaged', version: 1, messageId: 'm', topic: 'book', channel: 'text', outcome: 'sent' });
  expect((await thread('r10')).entries).toHaveLength(open.entries.length + 1);
  expect(await pressed('press-after-text', open)).toBe(200);
  const again = await thread('r10');
  await told({ type: 'patient-wrote', version: 1, channel: 'text', meaning: 'message', text: 'Not on Fridays' });
  expect(await pressed('press-after-word', again)).toBe(409);
});

test('a long list comes in parts: the first lines by themselves, then the rest, every line once and each part on record', async () => {
  const many = 1_700;
  await api.store.transaction(api.scope, async (unit) => {
    const row = (index: number) => ({
      id: `many-${index}`,
      referralId: 'r1',
      kind: 'answer',
      raisedAt: AT,
      // Hundreds are due at the same moment.
      dueAt: new Date(Date.parse(AT) + Math.floor(index / 400) * 60_000).toISOString(),
      owner: 'kim',
      raisedBy: null,
      content: {},
    });
    await Promise.all(Array.from({ length: many }, (_, index) => unit.obligations.insert(row(index))));
  });
  const whole = await list(lead);
  expect([whole.rows.length, whole.more]).toEqual([500, 0]);
  const parts: WorklistLine[][] = [whole.rows];
  let { next } = whole;
  while (next !== null) {
    const { body } = await api.call('GET', `/worklist?after=${encodeURIComponent(next)}`, lead);
    const part = body as Extract<WorklistAnswer, { kind: 'part' }>;
    parts.push(part.rows);
    next = part.next;
  }
  const rows = parts.flat();
  expect(parts.map(({ length }) => length)).toEqual([500, 1000, rows.length - 1500]);
  expect(rows.length - 500).toBe(whole.coming);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  expect(rows.filter(({ id }) => id.startsWith('many-')).length).toBe(many);
  expect(rows.map(({ dueAt }) => dueAt)).toEqual(rows.map(({ dueAt }) => dueAt).toSorted());
  // Whoever does not see all of it sees none of it this way.
  const other = await api.session({ patientId: null, subject: 'dr-other', roles: ['clinician'] });
  const theirs = (await api.call('GET', `/worklist?after=${encodeURIComponent(whole.next ?? '')}`, other)).body;
  expect(theirs).toEqual({ kind: 'part', rows: [], names: {}, next: null });
  // All but the first have the form of a moment, and there is none of that name in the database.
  const moments = ['2026-99-99T10:00:00.000Z', '2026-02-30T10:00:00.000Z', '2026-02-28T24:00:00.000Z', '0000-01-01T00:00:00.000Z'];
  for (const no of ['x', ...moments]) expect((await api.call('GET', `/worklist?after=1~${no}~y`, lead)).status, no).toBe(400);
});
