/** What a person faxed themselves or gave away on paper, put on record over HTTP: with a word on the payer's authorization, and nothing else asked of it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PacketAnswer } from '../client/packet.ts';
import type { Thread } from '../client/thread.ts';
import type { NextPerformers } from '../client/worklist.ts';
import { putInForce } from './engine/test-in-force.ts';
import { answerProposal } from './test-proposal.ts';
import { openReferralApi, type ReferralApi, testDirectory } from './test-referral-api.ts';
import { type Body, makeInput, order } from './test-referral-input.ts';
import { writtenReferral } from './test-written-referral.ts';

let api: ReferralApi;
let clinician: string;
let coordinator: string;

beforeAll(async () => {
  api = await openReferralApi();
  await api.store.enrol(api.scope);
  api.useDirectory(testDirectory(), 'directory-by-hand');
  clinician = await api.session();
  coordinator = await api.session({ patientId: null, subject: 'kim', roles: ['coordinator'] });
});
afterAll(() => api.close());

const now = (): string => api.clock.now.toISOString();
const threadOf = async (id: string): Promise<Thread> => (await api.call('GET', `/worklist/referrals/${id}`, coordinator)).body as Thread;
const standing = async (id: string): Promise<string> => {
  const answer = (await api.call('GET', `/worklist/referrals/${id}/packet`, coordinator)).body as PacketAnswer;
  return answer.standing === 'there' ? answer.packet.authorization : answer.standing;
};
const onRecord = async (id: string): Promise<string[]> => (await threadOf(id)).entries.map(({ title }) => title);
const times = async (id: string, title: string): Promise<number> => (await onRecord(id)).filter((each) => each === title).length;

/** Of whose authorization nobody has said anything; its packet lacks most of what it should hold. */
const unsaid = (more: Body = {}): Promise<string> => writtenReferral(api, clinician, makeInput(more));

let presses = 0;
async function act(id: string, what: Body, more: Body = {}) {
  presses += 1;
  const { sequence } = await threadOf(id);
  const press = { key: `by-hand-${presses}-0123`, sequence, what: { at: now(), ...what }, ...more };
  return api.call('POST', `/worklist/referrals/${id}/acts`, coordinator, press);
}
const sent = (id: string, authorization?: Body, more: Body = {}) =>
  act(id, { act: 'sent', channel: 'by-hand', ...(authorization ? { authorization } : {}) }, more);

test('while nobody has said where it stands it is refused with what to say, and nothing of the press is kept', async () => {
  const id = await unsaid();
  const before = await onRecord(id);
  const refused = await sent(id);
  expect([refused.status, refused.body['detail']]).toEqual([
    409,
    'It was not put on record as sent. Nobody has said whether the payer has to authorize it. Say where it stands when you send it: not needed, its number, or why it goes without.',
  ]);
  expect([await onRecord(id), (await threadOf(id)).status]).toEqual([before, 'in-chart']);
});

test.each([
  [{ answer: 'not-needed' }, 'not needed: put on record by kim, 20 Nov 2026', 1],
  [{ answer: 'approved', number: ' A-1704 ' }, 'approved, number A-1704: put on record by kim, 20 Nov 2026', 1],
  [{ answer: 'goes-without', reason: 'It went before I could ask' }, 'not checked; sent without it by kim, 20 Nov 2026', 0],
])('one press says it and puts it on record, once however often it is pressed: %j', async (answer, words, decisions) => {
  const id = await unsaid();
  const { sequence } = await threadOf(id);
  const press = { key: `once-${id}`, sequence };
  for (let time = 0; time < 2; time += 1) expect((await sent(id, answer, press)).status).toBe(200);
  expect([await standing(id), await times(id, 'Authorization decided'), await times(id, 'Sent')]).toEqual([words, decisions, 1]);
  expect((await threadOf(id)).status).toBe('sent');
});

test('what is on record is not asked again, nor said again', async () => {
  const id = await unsaid();
  expect((await act(id, { act: 'authorization', answer: 'not-needed' })).status).toBe(200);
  const refused = await sent(id, { answer: 'approved', number: 'A-1' });
  expect([refused.status, refused.body['detail']]).toEqual([409, expect.stringContaining('on record. Look at the packet again')]);
  expect((await sent(id)).status).toBe(200);
});

test('what the payer has put on the order is its word, and is on record before it is sent', async () => {
  const url = 'http://hl7.org/fhir/us/davinci-crd/StructureDefinition/ext-coverage-information';
  const extension = [
    { url: 'covered', valueCode: 'covered' },
    { url: 'pa-needed', valueCode: 'no-auth' },
  ];
  const id = await unsaid({ order: { ...order(), extension: [{ url, extension }] } });
  expect((await sent(id)).status).toBe(200);
  expect((await onRecord(id)).filter((title) => title === 'Authorization decided' || title === 'Sent').length).toBe(2);
  expect(await standing(id)).toBe('not needed: the payer says so on the order');
});

test('while the payer was asked it goes with the number of the approval, and not without', async () => {
  const id = await unsaid();
  await act(id, { act: 'authorization', answer: 'asked' });
  expect((await sent(id)).status).toBe(409);
  expect((await sent(id, { answer: 'goes-without', reason: 'In a hurry' })).status).toBe(409);
  expect((await sent(id, { answer: 'approved', number: 'A-2' })).status).toBe(200);
  expect(await standing(id)).toContain('number A-2');
});

test('where it is refused for another reason nothing of the answer is kept', async () => {
  const id = await unsaid();
  const ahead = new Date(api.clock.now.getTime() + 3_600_000).toISOString();
  const refused = await act(id, { act: 'sent', channel: 'fax', authorization: { answer: 'not-needed' }, at: ahead });
  expect([refused.status, refused.body['detail']]).toEqual([400, 'That is still ahead.']);
  const { sequence } = await threadOf(id);
  expect((await sent(id, { answer: 'goes-without', reason: 'In a hurry' }, { sequence: sequence - 1 })).status).toBe(409);
  expect([await standing(id), await times(id, 'Authorization decided')]).toEqual(['not checked', 0]);
});

test('what was approved for one office is said anew of the next', async () => {
  const id = await unsaid();
  expect((await sent(id, { answer: 'approved', number: 'A-3' })).status).toBe(200);
  expect((await act(id, { act: 'declined', reason: 'not-taking-patients' })).status).toBe(200);
  const route = `/worklist/referrals/${id}/next-performers`;
  const { performers } = (await api.call('GET', route, coordinator)).body as NextPerformers;
  const asked = { sequence: (await threadOf(id)).sequence, entryId: performers[0]?.entryId, because: 'declined' };
  expect((await api.call('POST', route, coordinator, asked)).status).toBe(200);
  expect((await answerProposal(api, clinician, id))?.status).toBe(200);
  const refused = await sent(id);
  expect([refused.status, refused.body['detail']]).toEqual([409, expect.stringContaining('for who was asked before')]);
  expect((await sent(id, { answer: 'approved', number: 'A-4' })).status).toBe(200);
  expect(await standing(id)).toContain('number A-4');
});

test('what an office says is taken, whatever was said of the payer', async () => {
  const id = await unsaid();
  expect((await act(id, { act: 'accepted' })).status).toBe(200);
  expect([await standing(id), (await threadOf(id)).status]).toEqual(['not checked', 'accepted']);
});

test('where there is no packet it is not asked, and what the payer said has its own place', async () => {
  await putInForce(api.store, api.scope, 'without-packet', now());
  const refused = await sent('without-packet', { answer: 'not-needed' });
  expect([refused.status, refused.body['detail']]).toEqual([409, expect.stringContaining('with “Authorization”')]);
  expect((await sent('without-packet')).status).toBe(200);
});
