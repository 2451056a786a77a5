/** A further specialist is asked once the clinician whose referral it is, or who covers for them, has approved them, and not before. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Thread } from '../client/thread.ts';
import type { NextPerformers } from '../client/worklist.ts';
import { answerProposal, proposalOf } from './test-proposal.ts';
import { openReferralApi, type ReferralApi, testDirectory } from './test-referral-api.ts';
import { makeInput } from './test-referral-input.ts';
import { writtenReferral } from './test-written-referral.ts';

let api: ReferralApi;
let clinician: string;
let colleague: string;
let coordinator: string;
let id: string;

beforeAll(async () => {
  api = await openReferralApi();
  clinician = await api.session();
  colleague = await api.session({ subject: 'moss' });
  coordinator = await api.session({ patientId: null, subject: 'kim', roles: ['coordinator'] });
});
afterAll(() => api.close());

const path = () => `/worklist/referrals/${id}`;
const thread = async (): Promise<Thread> => (await api.call('GET', path(), coordinator)).body as Thread;
const listed = async () => ((await api.call('GET', `${path()}/next-performers`, coordinator)).body as NextPerformers).performers;
const put = async (what: object) => {
  const { sequence } = await thread();
  const done = await api.call('POST', `${path()}/acts`, coordinator, { key: `press-${id}-${sequence}`.slice(0, 60), sequence, what });
  expect(done.status, JSON.stringify(done.body)).toBe(200);
};
const propose = async (entryId = 'entry-2') => {
  const { sequence } = await thread();
  const done = await api.call('POST', `${path()}/next-performers`, coordinator, { sequence, entryId, because: 'declined' });
  expect(done.status, JSON.stringify(done.body)).toBe(200);
};
const answer = (as: string, sequence: number | undefined, kind: object) =>
  api.call('POST', '/work/proposals', as, { referralId: id, sequence, answer: kind });
const APPROVE = { kind: 'approve' } as const;
const REFUSE = { kind: 'refuse', reason: 'Does no procedures' } as const;

beforeEach(async () => {
  id = await writtenReferral(api, clinician, makeInput());
  const at = api.clock.now.toISOString();
  await put({ act: 'sent', channel: 'fax', authorization: { answer: 'not-needed' }, at });
  await put({ act: 'declined', reason: 'not-taking-patients', at });
});

test('the clinician reads who is proposed by whom, why, and what the directory says of them', async () => {
  await propose();
  const row = await proposalOf(api, clinician, id);
  expect(row).toMatchObject({
    referralId: id,
    urgency: 'routine',
    proposedBy: 'kim',
    proposedAt: api.clock.now.toISOString(),
    coveringFor: null,
    before: { name: 'Ana Family1, MD', why: 'Declined: not taking patients.' },
    specialist: { entryId: 'entry-2', name: 'Ana Family2, MD', network: { status: 'in' } },
    standing: { kind: 'listed' },
    refusedBefore: null,
  });
  expect([row?.specialist.why.length, row?.specialist.network.verifiedOn, row?.patientName]).not.toContain(undefined);
  expect(await proposalOf(api, colleague, id)).toBeUndefined();
});

test('approved, they are asked; the same press again is answered the same, and does it once', async () => {
  await propose();
  const { sequence } = (await proposalOf(api, clinician, id)) ?? {};
  for (let press = 0; press < 2; press += 1)
    expect(await answer(clinician, sequence, APPROVE)).toMatchObject({ status: 200, body: { answered: true } });
  expect(await thread()).toMatchObject({
    performer: { name: 'Ana Family2, MD' },
    proposal: null,
    obligations: [{ kind: 'send', attempts: 2 }],
  });
  expect((await answer(clinician, sequence, REFUSE)).status).toBe(409);
  const audit = await api.store.transaction(api.scope, (unit) => unit.audit.list({ referralId: id }));
  const payload = { proposal: sequence, performer: { entryId: 'entry-2' }, network: { status: 'in' }, coveringFor: null };
  expect(audit.filter(({ action }) => action === 'referral.performer-approved').map((entry) => entry.payload)).toMatchObject([payload]);
});

test('refused, the coordinator reads why, and chooses among the others', async () => {
  await propose();
  expect((await answerProposal(api, clinician, id, REFUSE))?.status).toBe(200);
  const after = await thread();
  expect([after.proposal, after.obligations.map(({ kind }) => kind), after.entries.at(-1)?.detail]).toEqual([
    null,
    ['reroute'],
    'Ana Family2, MD: Does no procedures',
  ]);
  expect((await listed()).map(({ entryId, refused }) => [entryId, refused])).toEqual([
    ['entry-3', null],
    ['entry-4', null],
    ['entry-2', 'Does no procedures'],
  ]);
  // A mistaken press is not final.
  await propose();
  expect(await proposalOf(api, clinician, id)).toMatchObject({ refusedBefore: 'Does no procedures', standing: { kind: 'listed' } });
  expect((await answerProposal(api, clinician, id))?.status).toBe(200);
  expect((await thread()).performer).toMatchObject({ name: 'Ana Family2, MD' });
});

test('nobody else answers, and nobody answers what they did not read', async () => {
  await propose();
  const first = (await proposalOf(api, clinician, id))?.sequence;
  expect([(await answer(colleague, first, APPROVE)).status, (await answer(coordinator, first, APPROVE)).status]).toEqual([404, 403]);
  await propose('entry-3');
  for (const kind of [APPROVE, REFUSE]) expect((await answer(clinician, first, kind)).status).toBe(409);
  expect((await thread()).proposal).toMatchObject({ name: 'Ana Family3, MD' });
});

test('somebody whom the directory does not list any more is refused at the approval, and can be refused', async () => {
  await propose();
  const directory = testDirectory();
  api.useDirectory({ ...directory, entries: directory.entries.filter((entry) => entry.id !== 'entry-2') }, 'directory-2');
  expect(await proposalOf(api, clinician, id)).toMatchObject({
    standing: { kind: 'not-listed' },
    specialist: { network: { status: 'unknown' } },
  });
  const refused = await answerProposal(api, clinician, id);
  expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining('Nobody was asked') } });
  expect((await thread()).performer).toMatchObject({ name: 'Ana Family1, MD' });
  expect((await answerProposal(api, clinician, id, REFUSE))?.status).toBe(200);
  api.useDirectory(directory, 'directory-1');
});

test('who covers reads it, answers it on their own list, and does nothing else of it, until their cover has run out', async () => {
  await propose();
  expect((await api.call('GET', path(), colleague)).status).toBe(404);
  const person = (subject: string) => ({ subject, fhirUser: `Practitioner/${subject}`, name: subject });
  const until = new Date(api.clock.now.getTime() + 60_000).toISOString();
  await api.store.transaction(api.scope, (unit) =>
    unit.delegations.insert({
      id: `cover-${id}`,
      kind: 'covers',
      delegate: person('moss'),
      clinician: person('clinician'),
      reason: 'Leave',
      givenBy: 'admin',
      givenAt: api.clock.now.toISOString(),
      until,
    }),
  );
  const read = (await api.call('GET', path(), colleague)).body as Thread;
  expect(read).toMatchObject({ mayWork: false, acts: [], mayAskNext: false, proposal: { mayAnswer: true } });
  expect((await api.call('GET', `${path()}/next-performers`, colleague)).status).toBe(404);
  const what = { act: 'ended', how: 'cancelled', reason: 'moved away' };
  expect(
    (await api.call('POST', `${path()}/acts`, colleague, { key: `press-${id}`.slice(0, 60), sequence: read.sequence, what })).status,
  ).toBe(404);
  const { sequence, coveringFor } = (await proposalOf(api, colleague, id)) ?? {};
  expect(coveringFor).not.toBeNull();
  const before = api.clock.now;
  api.clock.now = new Date(before.getTime() + 120_000);
  expect((await answer(colleague, sequence, APPROVE)).status).toBe(404);
  api.clock.now = before;
  expect((await answer(colleague, sequence, APPROVE)).status).toBe(200);
  expect((await thread()).performer).toMatchObject({ name: 'Ana Family2, MD' });
});
