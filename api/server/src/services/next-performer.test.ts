/** After a decline another specialist is asked whom the clinician approved, or proposed to them from the ranking of their own request: the order stands. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Thread } from '../client/thread.ts';
import type { NextPerformers } from '../client/worklist.ts';
import { putInForce } from './engine/test-in-force.ts';
import { answerProposal } from './test-proposal.ts';
import { openReferralApi, type ReferralApi, testDirectory } from './test-referral-api.ts';
import { approveInput, type Made, makeInput } from './test-referral-input.ts';

let api: ReferralApi;
let coordinator: string;
let clinician: string;

beforeAll(async () => {
  api = await openReferralApi();
  coordinator = await api.session({ patientId: null, subject: 'kim', roles: ['coordinator'] });
  clinician = await api.session();
});
afterAll(() => api.close());

const thread = async (id: string): Promise<Thread> => (await api.call('GET', `/worklist/referrals/${id}`, coordinator)).body as Thread;
const candidates = async (id: string): Promise<NextPerformers> =>
  (await api.call('GET', `/worklist/referrals/${id}/next-performers`, coordinator)).body as NextPerformers;
const ask = (id: string, sequence: number, entryId: string) =>
  api.call('POST', `/worklist/referrals/${id}/next-performers`, coordinator, { sequence, entryId, because: 'declined' });

let presses = 0;
async function act(id: string, what: object): Promise<void> {
  const { sequence } = await thread(id);
  const done = await api.call('POST', `/worklist/referrals/${id}/acts`, coordinator, {
    key: `press-${(presses += 1)}-01234`,
    sequence,
    what,
  });
  expect(done.status, JSON.stringify(done.body)).toBe(200);
}

/** Approved and written by the clinician, sent and declined. */
async function declined(alternates: string[] = []): Promise<string> {
  const input = makeInput();
  const made = (await api.call('POST', '/recommendations', clinician, input)).body as Made;
  const plan = (await api.call('POST', '/approvals', clinician, approveInput(made, input, { working: { ...made.working, alternates } })))
    .body;
  const holder = 'window-one-1234';
  await api.call('POST', `/plans/${String(plan['id'])}/lease`, clinician, { holder });
  for (const [step, reference] of [
    ['DocumentReference', 'DocumentReference/d1'],
    ['ServiceRequest', `ServiceRequest/${(input['order'] as Made).id}`],
    ['Task', 'Task/t1'],
    ['Provenance', 'Provenance/p1'],
  ]) {
    const outcome = { status: 'done', reference, versionId: '4' };
    await api.call('POST', `/plans/${String(plan['id'])}/steps/${step}`, clinician, { holder, outcome });
  }
  const id = String(made['referralId']);
  const at = api.clock.now.toISOString();
  await act(id, { act: 'sent', channel: 'fax', authorization: { answer: 'not-needed' }, at });
  expect((await thread(id)).mayAskNext).toBe(false);
  await act(id, { act: 'declined', reason: 'not-taking-patients', at });
  return id;
}

test('one whom the clinician approved is asked: a new attempt, the same order, to be sent by the coordinator', async () => {
  const id = await declined(['entry-2', 'entry-3']);
  const { performers, why } = await candidates(id);
  expect([why, performers.map(({ entryId }) => entryId)]).toEqual([null, ['entry-2', 'entry-3', 'entry-4']]);
  const before = await thread(id);
  expect(before.mayAskNext).toBe(true);
  const asked = await ask(id, before.sequence, 'entry-2');
  expect(asked.status, JSON.stringify(asked.body)).toBe(200);
  expect(asked.body).toMatchObject({
    status: 'in-chart',
    performer: { name: 'Ana Family2, MD', network: 'in' },
    mayAskNext: false,
    obligations: [{ kind: 'send', attempts: 2 }],
  });
  // That none is needed was said of the first, and stands for whoever is asked next.
  await act(id, { act: 'sent', channel: 'fax', at: api.clock.now.toISOString() });
  await act(id, { act: 'declined', reason: 'other', at: api.clock.now.toISOString() });
  expect((await candidates(id)).performers.map(({ entryId, approved }) => [entryId, approved])).toEqual([
    ['entry-3', true],
    ['entry-4', false],
  ]);
});

test('anybody else is proposed and not asked: the clinician owes the answer, and the coordinator waits', async () => {
  const id = await declined();
  const before = await thread(id);
  const asked = await ask(id, before.sequence, 'entry-2');
  expect(asked.status, JSON.stringify(asked.body)).toBe(200);
  expect(asked.body).toMatchObject({
    status: 'declined',
    performer: { name: 'Ana Family1, MD' },
    proposal: { name: 'Ana Family2, MD', proposedBy: 'kim', at: api.clock.now.toISOString() },
    mayAskNext: true,
    obligations: [{ kind: 'approve-performer', waitingOn: 'clinician', attempts: 1 }],
  });
  expect((asked.body as Thread).entries.at(-1)).toMatchObject({ title: 'Another specialist proposed to the clinician', by: 'kim' });
  // Nothing can be sent to whom nobody approved.
  const at = api.clock.now.toISOString();
  const press = { key: 'press-to-nobody-01234', sequence: (asked.body as Thread).sequence, what: { act: 'sent', channel: 'fax', at } };
  expect((await api.call('POST', `/worklist/referrals/${id}/acts`, coordinator, press)).status).toBe(409);
});

test('whom the clinician approved already stand first, marked, and keep the rank at which they were approved', async () => {
  const id = await declined(['entry-4', 'entry-3']);
  const { performers } = await candidates(id);
  expect(performers.map(({ entryId, approved }) => [entryId, approved])).toEqual([
    ['entry-3', true],
    ['entry-4', true],
    ['entry-2', false],
  ]);
  expect((await ask(id, (await thread(id)).sequence, 'entry-4')).status).toBe(200);
  const row = await api.store.transaction(api.scope, (unit) => unit.referrals.get(id));
  expect(row?.state).toMatchObject({ attempts: [{}, { performer: { entryId: 'entry-4', rank: 4 } }] });
});

test('nobody out of network, nobody who was asked, nobody who is gone from the directory, and not what changed meanwhile', async () => {
  const id = await declined();
  const { sequence } = await thread(id);
  for (const entryId of ['entry-9', 'entry-1', 'nobody']) expect((await ask(id, sequence, entryId)).status).toBe(409);
  expect((await ask(id, sequence - 1, 'entry-2')).status).toBe(409);
  const directory = testDirectory();
  api.useDirectory({ ...directory, entries: directory.entries.filter((entry) => entry.id !== 'entry-2') }, 'directory-2');
  expect((await ask(id, sequence, 'entry-2')).status).toBe(409);
  api.useDirectory(directory, 'directory-1');
  expect((await thread(id)).sequence).toBe(sequence);
});

test('whoever has not declined is not passed over', async () => {
  const id = await declined();
  await ask(id, (await thread(id)).sequence, 'entry-2');
  await answerProposal(api, clinician, id);
  expect((await ask(id, (await thread(id)).sequence, 'entry-3')).status).toBe(409);
});

test('a referral whose request is not kept says who decides', async () => {
  await putInForce(api.store, api.scope, 'r-without', api.clock.now.toISOString());
  expect(await candidates('r-without')).toEqual({ why: expect.stringContaining('not kept'), performers: [] });
});
