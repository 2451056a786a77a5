/** The configuration over HTTP on PostgreSQL: who sees and changes it, what is refused, and how an earlier version comes back. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConfigurationAnswer, ConfigurationLists, StatusNamesAnswer } from '../client/configuration.ts';
import { openReferralApi, type ReferralApi } from './test-referral-api.ts';

const AT = '2026-11-16T16:00:00.000Z';

let api: ReferralApi;
let admin: string;
let lead: string;
let clinician: string;

beforeAll(async () => {
  api = await openReferralApi();
  api.clock.now = new Date(AT);
  admin = await api.session({ patientId: null, subject: 'ada', roles: ['admin'] });
  lead = await api.session({ patientId: null, subject: 'lena', roles: ['lead'] });
  clinician = await api.session();
});
afterAll(() => api.close());

const read = async (token = admin, version?: number): Promise<ConfigurationAnswer> =>
  (await api.call('GET', `/configuration${version === undefined ? '' : `/versions/${version}`}`, token)).body as ConfigurationAnswer;
const post = (path: string, body: object, token = admin) => api.call('POST', `/configuration${path}`, token, body);
const EMPTY: ConfigurationLists = { practice: { name: null, phone: null, accent: null }, statuses: [], templates: [] };
const kept = () => api.store.transaction(api.scope, (unit) => unit.configurations.versions());
const nameOf = async (status: string, token = clinician): Promise<string | undefined> =>
  ((await api.call('GET', '/status-names', token)).body as StatusNamesAnswer).statuses.find((each) => each.status === status)?.name;

test('as Refloop comes it is version 0, and says what holds in its place', async () => {
  expect(await read(lead)).toMatchObject({
    made: { version: 0, madeBy: 'Refloop' },
    inForce: 0,
    mayChange: false,
    content: EMPTY,
    entry: { name: api.scope.site, phone: '510-555-0150' },
    versions: [{ version: 0, reason: 'As Refloop comes.' }],
  });
  expect(await nameOf('no-show')).toBe('no show');
});

test('what is wrong is refused by its field, and nothing is kept', async () => {
  const content: ConfigurationLists = {
    practice: { name: null, phone: null, accent: '#dddddd' },
    statuses: [{ status: 'sent', name: 'received' }],
    templates: [{ template: 'started', language: 'en', words: '{practice}: You will get texts about your heart doctor.' }],
  };
  for (const path of ['/preview', '']) {
    const refused = await post(path, { base: 0, content, ...(path === '' ? { reason: 'For the test' } : {}) });
    expect(refused.status).toBe(422);
    expect((refused.body['errors'] as { field: string }[]).map(({ field }) => field)).toEqual([
      'practice.accent',
      'statuses.sent',
      'templates.started.en',
      'templates.started.en',
    ]);
  }
  const good = { ...EMPTY, statuses: [{ status: 'sent', name: 'gone out' }] };
  expect((await post('', { base: 0, content: good, reason: 'x' })).status, 'without a reason').toBe(400);
  expect((await post('', { base: 3, content: good, reason: 'For the test' })).status, 'of another version').toBe(409);
  expect((await post('', { base: 0, content: EMPTY, reason: 'For the test' })).status, 'nothing changed').toBe(422);
  expect((await post('', { base: 0, content: good, reason: 'For the test' }, lead)).status, 'a lead looks').toBe(403);
  expect(await kept()).toEqual([]);
});

test('a new version is in force at once, is on record, and an earlier one comes back as a new one', async () => {
  const content: ConfigurationLists = {
    practice: { name: 'Bay Family Clinic', phone: '', accent: '#1F56B3' },
    statuses: [{ status: 'no-show', name: 'did not come' }],
    templates: [],
  };
  const asked = { base: 0, content, reason: 'As agreed with the front desk.' };
  const both = await Promise.all([post('', asked), post('', asked)]);
  expect(new Set(both.map(({ status }) => status)), 'one of two at once').toEqual(new Set([200, 409]));
  expect(await read(lead)).toMatchObject({
    made: { version: 1, madeBy: 'Dr. ada', madeAt: AT, reason: asked.reason },
    content: { practice: { name: 'Bay Family Clinic', phone: null, accent: '#1f56b3' } },
  });
  expect(await nameOf('no-show')).toBe('did not come');
  expect(await nameOf('sent')).toBe('sent');

  const back = await post('', { base: 1, content: (await read(admin, 0)).content, reason: 'Back to version 0.' });
  expect(back.body).toMatchObject({ made: { version: 2 }, inForce: 2, content: EMPTY });
  expect((await read(admin, 1)).content.practice.name, 'what was in force stays readable').toBe('Bay Family Clinic');
  expect((await api.call('GET', '/configuration/versions/9', admin)).status).toBe(404);
  await api.store.auditTrail.sequence(AT);
  const actions: string[] = [];
  await api.store.auditTrail.view(async (view) => {
    for await (const row of view.rows()) actions.push(row.stored?.entry.action ?? '');
  });
  expect(actions.filter((action) => action === 'configuration.changed')).toHaveLength(2);
});
