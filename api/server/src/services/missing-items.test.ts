/** What packets lack, on the list of the clinician who ordered: all of it, however many, and without a chart being read for the list. */
import { SEED_V1 } from '@refloop/domain/matching/policies';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PacketAnswer, PacketChange } from '../client/packet.ts';
import type { Thread } from '../client/thread.ts';
import type { MissingRow, MyWork } from '../client/work.ts';
import type { Session } from '../sessions/session.ts';
import type { StoredObligation } from '../store/obligations.ts';
import type { Store, Unit } from '../store/store.ts';
import { StoreUnavailable } from '../store/unavailable.ts';
import { createMatchingService } from './matching.ts';
import { MOST_JUDGED } from './missing-items.ts';
import { isBeforeSending } from './packet-lacking.ts';
import { openReferralApi, type ReferralApi } from './test-referral-api.ts';
import { chart, makeInput } from './test-referral-input.ts';
import { writtenReferral } from './test-written-referral.ts';
import { createWorkService } from './work.ts';

const MANY = 53;
/** Nobody is proposed here. */
const matching = createMatchingService({ current: () => undefined, policy: SEED_V1 });
/** The chart lacks what a cardiologist asks for palpitations, and a telephone or an address of the patient. */
const input = () => makeInput({ chart: chart() });

let api: ReferralApi;
let clinician: string;
let coordinator: string;
const ids: string[] = [];

beforeAll(async () => {
  api = await openReferralApi();
  await api.store.enrol(api.scope);
  clinician = await api.session();
  coordinator = await api.session({ patientId: null, subject: 'kim', roles: ['coordinator'] });
  for (let made = 0; made < MANY; made += 1) ids.push(await writtenReferral(api, clinician, input()));
});
afterAll(() => api.close());

const listed = async (): Promise<MissingRow[]> => ((await api.call('GET', '/work', clinician)).body as MyWork).missing;
const rowOf = async (id: string) => (await listed()).find(({ referralId }) => referralId === id);
const labels = (row: MissingRow | undefined): string => (row?.items ?? []).map(({ label }) => label).join('; ');

/** The list as the service makes it, with how often something of a chart was read for it. @param unreadable of this referral no chart can be read */
async function read(
  phone: string,
  unreadable?: string,
  error: Error = new Error('Its key does not open it'),
): Promise<{ missing: MissingRow[]; unjudged: number; charts: number; failures: unknown[] }> {
  let charts = 0;
  const failures: unknown[] = [];
  const counted = (unit: Unit): Unit => ({
    ...unit,
    events: {
      ...unit.events,
      hold: async (id) => {
        if (id === unreadable) throw error;
        await unit.events.hold(id);
      },
    },
    recommendations: { ...unit.recommendations, get: (id) => ((charts += 1), unit.recommendations.get(id)) },
    approvals: { ...unit.approvals, byRecommendation: (id) => ((charts += 1), unit.approvals.byRecommendation(id)) },
  });
  const store: Store = { ...api.store, transaction: (scope, work) => api.store.transaction(scope, (unit) => work(counted(unit))) };
  const session = {
    scope: api.scope,
    subject: 'lee',
    fhirUser: 'Practitioner/lee',
    name: 'Lee',
    roles: ['clinician'],
  } as unknown as Session;
  const [owed] = await owedOf(ids[0] ?? '');
  const { missing, unjudged } = await createWorkService({
    store,
    matching,
    phoneOf: () => phone,
    failed: (error) => failures.push(error),
  }).list({ ...session, subject: owed?.raisedBy ?? '', sessionId: 'session-of-lee' }, api.clock.now);
  return { missing, unjudged, charts, failures };
}

const owedOf = (id: string): Promise<StoredObligation[]> =>
  api.store.transaction(api.scope, async (unit) => (await unit.obligations.openOf(id)).filter(({ kind }) => isBeforeSending(kind)));

test(`of ${MANY} packets none is forgotten, and no chart is read for the list`, async () => {
  const { missing, charts } = await read('510-555-0150');
  expect([new Set(missing.map(({ referralId }) => referralId)), charts]).toEqual([new Set(ids), 0]);
  expect((await listed()).length).toBe(MANY);
});

test('what has no part in a chart is told as it is now: a number to call back', async () => {
  const numbered = (rows: MissingRow[]) => rows.filter((row) => labels(row).includes('call back')).length;
  expect([numbered((await read('510-555-0150')).missing), numbered((await read('')).missing)]).toEqual([0, MANY]);
});

test('what somebody makes of the packet is on the list at once', async () => {
  const id = ids[3] ?? '';
  const prepare = async (what: PacketChange) => {
    const { body } = await api.call('GET', `/worklist/referrals/${id}/packet`, coordinator);
    const { packet } = body as Extract<PacketAnswer, { standing: 'there' }>;
    expect((await api.call('PUT', `/worklist/referrals/${id}/packet`, coordinator, { revision: packet.revision, what })).status).toBe(200);
  };
  const before = labels(await rowOf(id));
  expect(before).toContain('Relevant results or images');
  const exception = async () => {
    const { rows } = (await api.call('GET', '/worklist', coordinator)).body as { rows: { referralId: string; exception: string | null }[] };
    return rows.find(({ referralId }) => referralId === id)?.exception;
  };
  expect(await exception(), 'among those with missing information').toBe('missing-information');
  await prepare({ change: 'override', reason: 'They do their own' });
  expect(await rowOf(id)).toBeUndefined();
  expect(await exception()).toBeNull();
  await prepare({ change: 'take-override-back' });
  expect(labels(await rowOf(id))).toBe(before);
});

test('while the payer decides it stands there all the same', async () => {
  const id = ids[4] ?? '';
  const before = labels(await rowOf(id));
  expect(before).not.toBe('');
  const { sequence } = (await api.call('GET', `/worklist/referrals/${id}`, coordinator)).body as Thread;
  const what = { act: 'authorization', answer: 'asked', at: api.clock.now.toISOString() };
  const asked = await api.call('POST', `/worklist/referrals/${id}/acts`, coordinator, { key: 'the-payer-is-asked', sequence, what });
  expect(asked.body).toMatchObject({ obligations: [{ kind: 'payer-decision', waitingOn: 'payer' }] });
  expect(labels(await rowOf(id))).toBe(before);
});

/** As rows were kept before what is lacking was kept with them. */
const olden = (id: string): Promise<void> =>
  api.store.transaction(api.scope, async (unit) => {
    const [owed] = (await unit.obligations.openOf(id)).filter(({ kind }) => isBeforeSending(kind));
    if (!owed) throw new Error('Nothing is owed');
    const { lacking: _, ...content } = owed.content as Record<string, never>;
    const { owner, dueAt, escalatedTo } = owed;
    await unit.obligations.settle(owed.id, { what: 'revise', owner, dueAt, escalatedTo, content });
  });

test('a row from before it was kept is told too, and keeps it from then on', async () => {
  const id = ids[5] ?? '';
  const before = await rowOf(id);
  await olden(id);
  const { missing, charts } = await read('1');
  expect([missing.length, charts > 0]).toEqual([(await listed()).length, true]);
  expect([await rowOf(id), (await read('1')).charts]).toEqual([before, 0]);
});

test('one that cannot be judged keeps nobody from the rest of the list, and is counted as not looked through', async () => {
  const [broken = '', good = ''] = ids;
  for (const id of [broken, good]) await olden(id);
  const { missing, unjudged, failures } = await read('1', broken);
  expect([missing.length, unjudged, failures.length]).toEqual([MANY - 1, 1, 1]);
  expect((await listed()).length).toBe(MANY);
});

test('a database that is away ends the look, and is not tried for each of them', async () => {
  const [first = '', second = ''] = ids;
  for (const id of [first, second]) await olden(id);
  await expect(read('1', first, new StoreUnavailable('nothing', 'for the test'))).rejects.toBeInstanceOf(StoreUnavailable);
  expect((await listed()).length).toBe(MANY);
});

test('of many rows from before it was kept each look judges some and tells how many are left, so that none is forgotten', async () => {
  for (const id of ids) await olden(id);
  const look = async () => {
    const { missing, unjudged } = (await api.call('GET', '/work', clinician)).body as MyWork;
    return [missing.length, unjudged];
  };
  expect([await look(), await look(), await look()]).toEqual([
    [MOST_JUDGED, MANY - MOST_JUDGED],
    [MANY, 0],
    [MANY, 0],
  ]);
});
