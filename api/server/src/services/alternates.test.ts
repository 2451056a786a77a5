/** Who may be asked too is approved with the referral: the server judges each, and the order in the chart stays with the chosen one. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { openReferralApi, type ReferralApi, testDirectory } from './test-referral-api.ts';
import { approveInput, type Body, type Made, makeInput, problemType } from './test-referral-input.ts';

let api: ReferralApi;
let token: string;

beforeAll(async () => {
  api = await openReferralApi();
  token = await api.session();
});
afterAll(() => api.close());

async function recommend(input: Body): Promise<Made> {
  const made = await api.call('POST', '/recommendations', token, input);
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return made.body as Made;
}
const ranked = ({ match }: Made): string[] => (match as unknown as { ranked: { entryId: string }[] }).ranked.map(({ entryId }) => entryId);
const press = (made: Made, input: Body, alternates: string[]) =>
  api.call('POST', '/approvals', token, approveInput(made, input, { working: { ...made.working, alternates } }));
async function orderOf(referralId: unknown): Promise<Order> {
  const row = await api.store.transaction(api.scope, (unit) => unit.referrals.get(String(referralId)));
  if (!row) throw new Error('There is no such referral');
  return (row.state as unknown as { order: Order }).order;
}
type Row = ReturnType<typeof testDirectory>['entries'][number]['networks'][number];
type Order = { status: string; approval: { performer: { entryId: string }; alternates: { entryId: string; rank: number }[] } };

test('are kept with the approval, in the audit and in what was signed; what is written to the chart names the chosen one alone', async () => {
  const input = makeInput();
  const made = await recommend(input);
  const [chosen = '', second = '', third = ''] = ranked(made);
  const approved = await press(made, input, [third, second]);
  expect(approved.status, JSON.stringify(approved.body)).toBe(201);
  const { approval } = await orderOf(made['referralId']);
  expect([approval.performer.entryId, ...approval.alternates.map(({ entryId }) => entryId)]).toEqual([chosen, second, third]);
  const npis = testDirectory()
    .entries.filter(({ id }) => [second, third].includes(id))
    .map(({ npi }) => npi);
  for (const npi of npis) expect(JSON.stringify(approved.body['steps'])).not.toContain(npi);

  const admin = await api.session({ patientId: null, subject: 'admin', roles: ['admin'] });
  const record = await api.call('GET', `/audit/recommendations/${made.id}`, admin);
  expect(record.body['decision']).toMatchObject({ alternates: [{ rank: 2 }, { rank: 3 }] });
  const entries = await api.store.transaction(api.scope, (unit) => unit.audit.list({ recommendationId: made.id }));
  const entry = entries.find(({ action }) => action === 'referral.approved');
  expect(entry?.payload).toMatchObject({ alternates: [{ rank: 2 }, { rank: 3 }] });
});

test('nobody, unless somebody is ticked', async () => {
  const input = makeInput();
  const made = await recommend(input);
  expect(made.working).toMatchObject({ alternates: [] });
  expect((await api.call('POST', '/approvals', token, approveInput(made, input))).status).toBe(201);
  const { approval } = await orderOf(made['referralId']);
  expect(approval.alternates).toEqual([]);
});

test.each([
  ['out of network', () => ['entry-9']],
  ['of nobody’s directory', () => ['entry-77']],
  ['the chosen one', ([first = '']: string[]) => [first]],
  ['one of them twice', ([, second = '']: string[]) => [second, second]],
  ['three of them', ([, ...others]: string[]) => others],
])('refused by the field with what mends it: %s', async (_, pick) => {
  const input = makeInput();
  const made = await recommend(input);
  const refused = await press(made, input, pick(ranked(made)));
  expect(refused.status).toBe(400);
  expect(refused.body['errors']).toEqual([
    { field: 'working.alternates', message: expect.any(String), fix: expect.stringContaining('approve again') },
  ]);
  expect((await orderOf(made['referralId'])).status).toBe('draft');
});

test.each([
  ['takes no new patients by now', (rows: readonly Row[]) => rows.map((row) => ({ ...row, accepting: 'nopt' as const }))],
  ['left the network', (): Row[] => []],
])('one who %s is told of, not approved', async (_, networks) => {
  const input = makeInput();
  const made = await recommend(input);
  const [, second = ''] = ranked(made);
  const directory = testDirectory();
  const entries = directory.entries.map((each) => (each.id === second ? { ...each, networks: networks(each.networks) } : each));
  api.useDirectory({ ...directory, entries }, 'directory-alternates');
  const refused = await press(made, input, [second]);
  api.useDirectory({ ...directory, entries: directory.entries.filter(({ id }) => id !== second) }, 'directory-without');
  const gone = await press(made, input, [second]);
  api.useDirectory(testDirectory(), 'directory-1');
  expect([refused, gone].map(({ status, body }) => [status, problemType(body)])).toEqual([
    [409, 'directory-changed'],
    [409, 'directory-changed'],
  ]);
});

test('a draft that was kept before others could be approved too names none', async () => {
  const input = makeInput();
  const made = await recommend(input);
  await api.store.transaction(api.scope, async (unit) => {
    const stored = await unit.recommendations.get(made.id);
    const { alternates: _, ...before } = (stored?.working ?? {}) as Record<string, string>;
    await unit.recommendations.save(made.id, made.revision, { working: before });
  });
  const read = await api.call('GET', `/recommendations/${made.id}`, token);
  expect(read.body['working']).toMatchObject({ alternates: [] });
});
