/** A clinician's own referrals over HTTP on PostgreSQL: what became of them, for nobody but whose they are. */
import type { Referral } from '@refloop/domain/referral/referral';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OwnReferral, OwnReferralsAnswer } from '../client/own-referrals.ts';
import type { Thread } from '../client/thread.ts';
import { PATIENT, putInForce } from './engine/test-in-force.ts';
import { projectionOf } from './referral-log.ts';
import { openReferralApi, type ReferralApi } from './test-referral-api.ts';

let api: ReferralApi;
let requester: string;
let colleague: string;
let coordinator: string;

/** Who approves what is put in force. */
const REQUESTER = 's';
const AT = '2026-11-20T15:00:00.000Z';
const later = (days: number): string => new Date(Date.parse(AT) + days * 86_400_000).toISOString();

beforeAll(async () => {
  api = await openReferralApi();
  await at(AT);
  for (const id of ['r1', 'r2']) await putInForce(api.store, api.scope, id, AT);
  await at(new Date(Date.parse(AT) + 3_600_000).toISOString());
});
afterAll(() => api.close());

/** Time passes, and whoever comes back signs in again. */
async function at(moment: string): Promise<void> {
  api.clock.now = new Date(moment);
  const doctor = (subject: string) => api.session({ patientId: null, subject, roles: ['clinician'] });
  requester = await doctor(REQUESTER);
  colleague = await doctor('another');
  coordinator = await api.session({ patientId: null, subject: 'kim', roles: ['coordinator'] });
}

const read = (id: string, token: string) => api.call('GET', `/worklist/referrals/${id}`, token);
const page = async (token: string, after?: string): Promise<OwnReferralsAnswer> =>
  (await api.call('GET', `/work/referrals${after === undefined ? '' : `?after=${encodeURIComponent(after)}`}`, token))
    .body as OwnReferralsAnswer;
const rowOf = async (id: string): Promise<OwnReferral | undefined> =>
  (await page(requester)).rows.find(({ referralId }) => referralId === id);

let presses = 0;
async function act(id: string, what: object, token = coordinator) {
  const { sequence } = (await read(id, coordinator)).body as Thread;
  presses += 1;
  return api.call('POST', `/worklist/referrals/${id}/acts`, token, { key: `own-press-${presses}-0123`, sequence, what });
}

test('whoever ordered it reads its thread and presses nothing; a colleague finds no such referral', async () => {
  const own = await read('r1', requester);
  expect([own.status, own.body]).toMatchObject([
    200,
    { patientName: PATIENT, mayWork: false, acts: [], offices: [], effects: [], mayAskNext: false, obligations: [{ kind: 'send' }] },
  ]);
  expect((await read('r1', colleague)).status).toBe(404);
  expect((await act('r1', { act: 'contacted', outcome: 'left-message' }, requester)).status).toBe(404);
  const entries = await api.store.transaction(api.scope, (unit) => unit.audit.list({ referralId: 'r1' }));
  const reads = entries.filter(({ action }) => action === 'worklist.thread-read').map(({ actor }) => actor);
  expect(reads).toContainEqual(expect.objectContaining({ subject: REQUESTER }));
  expect(reads).not.toContainEqual(expect.objectContaining({ subject: 'another' }));
});

test('each stands with where it is, what is owed next, by whom and by when; what moved last first, and for nobody else', async () => {
  const { rows, next } = await page(requester);
  expect([rows.length, next]).toEqual([2, null]);
  expect(await rowOf('r1')).toMatchObject({
    patientName: PATIENT,
    performerName: 'Ana Rivera, MD',
    status: 'in-chart',
    ended: false,
    owed: { next: 'Send to the specialist', waitingOn: 'coordinator', owner: 'kim', mine: false, others: 0 },
  });
  for (const id of ['r2', 'r1']) {
    expect((await act(id, { act: 'sent', channel: 'fax', at: api.clock.now.toISOString() })).status).toBe(200);
    await at(new Date(api.clock.now.getTime() + 60_000).toISOString());
  }
  expect((await page(requester)).rows.map(({ referralId }) => referralId)).toEqual(['r1', 'r2']);
  expect((await page(colleague)).rows).toEqual([]);
  expect(await rowOf('r1')).toMatchObject({ status: 'sent', owed: { next: 'Get an answer', waitingOn: 'specialist' } });
  expect((await api.call('GET', '/work/referrals', coordinator)).status).toBe(403);
  expect((await api.call('GET', '/work/referrals?after=2026-02-30T00:00:00.000Z~r1', requester)).status).toBe(400);
});

test('what ended is told for 30 days, what goes on for as long as it does', async () => {
  const put = (id: string, movedAt: string, ended: boolean) =>
    api.store.transaction(api.scope, async (unit) => {
      const state = (await unit.referrals.get('r1'))?.state as unknown as Referral;
      await unit.referrals.put({ ...projectionOf({ ...state, id }, movedAt), ended });
    });
  await put('ended-late', later(1), true);
  await put('open-since-long', later(-400), false);
  const listed = async () => (await page(requester)).rows.map(({ referralId }) => referralId);
  await at(later(30));
  expect(await listed()).toEqual(['ended-late', 'r1', 'r2', 'open-since-long']);
  await at(later(32));
  expect(await listed()).toEqual(['r1', 'r2', 'open-since-long']);
});

test('many come a page at a time, each once', async () => {
  await api.store.transaction(api.scope, async (unit) => {
    const state = (await unit.referrals.get('r1'))?.state as unknown as Referral;
    for (let each = 0; each < 45; each += 1)
      await unit.referrals.put(projectionOf({ ...state, id: `many-${each}` }, later(each % 2 === 0 ? 5 : 6)));
  });
  const seen: string[] = [];
  const sizes: number[] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const { rows, next } = await page(requester, after);
    seen.push(...rows.map(({ referralId }) => referralId));
    sizes.push(rows.length);
    after = next;
  }
  expect(sizes).toEqual([20, 20, 8]);
  expect(new Set(seen).size).toBe(48);
});
