import type { Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ModeName } from '../modes/modes.ts';
import { type Backend, type FhirAnswer, fhir, makeBackend, serviceToken, tokensIn } from './test-backend.ts';
import { EHR, openTestEhr, postForm, REFLOOP, signIn, type TestEhr } from './test-ehr.ts';
import { EXAMPLES } from './test-resources.ts';

let ehr: TestEhr;
let backend: Backend;
const service = new Map<ModeName, string>();

beforeAll(async () => {
  backend = await makeBackend();
  ehr = await openTestEhr(undefined, [backend.client]);
  for (const mode of ['full', 'epic-like', 'oracle-like', 'athena-like'] as const)
    service.set(mode, await serviceToken(ehr, backend, mode));
});
afterAll(() => ehr.close());

const patient = { reference: 'Patient/pat-a' };
const asService = (mode: ModeName, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<FhirAnswer> =>
  fhir(ehr, mode, service.get(mode) ?? '', method, path, body, headers);

describe('taking changes', () => {
  const draft = EXAMPLES['ServiceRequest'] as Resource;
  const document = EXAMPLES['DocumentReference'] as Resource;
  const made = async (resource: Resource) => (await ehr.repository.create(resource)).resource;

  test.each<[ModeName, string | undefined, number]>([
    ['full', undefined, 200],
    ['full', 'W/"9"', 412],
    ['epic-like', undefined, 200],
    ['epic-like', 'W/"9"', 412],
    ['epic-like', 'W/"1"', 200],
    ['oracle-like', undefined, 428],
    ['oracle-like', 'W/"9"', 409],
    ['oracle-like', 'W/"1"', 200],
  ])('%s with If-Match %s answers %i', async (mode, ifMatch, status) => {
    const stored = await made(document);
    const headers: Record<string, string> = ifMatch === undefined ? {} : { 'If-Match': ifMatch };
    expect((await asService(mode, 'PUT', `DocumentReference/${stored.id}`, stored, headers)).status).toBe(status);
  });

  test.each<[ModeName, number]>([
    ['full', 200],
    ['epic-like', 201],
    ['oracle-like', 201],
  ])('%s answers a repeated If-None-Exist with %i', async (mode, status) => {
    const identifier = [{ system: 'urn:test:referral', value: `condition-${mode}` }];
    const headers = { 'If-None-Exist': `identifier=urn:test:referral|condition-${mode}` };
    expect((await asService(mode, 'POST', 'DocumentReference', { ...document, identifier }, headers)).status).toBe(201);
    expect((await asService(mode, 'POST', 'DocumentReference', { ...document, identifier }, headers)).status).toBe(status);
  });

  test.each<[ModeName, number]>([
    ['full', 201],
    ['epic-like', 201],
    ['oracle-like', 422],
  ])('%s answers a modifierExtension with %i', async (mode, status) => {
    const content = [{ modifierExtension: [{ url: 'urn:test:x', valueBoolean: true }], attachment: { data: 'bm90ZQ==' } }];
    expect((await asService(mode, 'POST', 'DocumentReference', { ...document, content })).status).toBe(status);
    const patch = [{ op: 'add', path: '/modifierExtension', value: [{ url: 'urn:test:x', valueBoolean: true }] }];
    const appointment = await made(EXAMPLES['Appointment'] as Resource);
    if (mode === 'oracle-like') {
      expect((await asService(mode, 'PATCH', `Appointment/${appointment.id}`, patch, { 'If-Match': 'W/"1"' })).status).toBe(422);
    }
  });

  test('in a batch each entry is judged as if it came alone', async () => {
    const stored = await made(document);
    const answer = await asService('oracle-like', 'POST', '', {
      resourceType: 'Bundle',
      type: 'batch',
      entry: [
        { request: { method: 'GET', url: 'ServiceRequest/order-a' } },
        { request: { method: 'POST', url: 'ServiceRequest' }, resource: draft },
        { request: { method: 'GET', url: 'Task?patient=pat-a' } },
        { request: { method: 'PUT', url: `DocumentReference/${stored.id}`, ifMatch: 'W/"9"' }, resource: stored },
      ],
    });
    const entries = answer.json['entry'] as { response: { status: string } }[];
    expect(entries.map(({ response }) => response.status)).toEqual(['200', '405', '404', '409']);
  });

  test('what a mode has not comes by no other way', async () => {
    const order = await made(draft);
    await ehr.repository.create({
      resourceType: 'Task',
      status: 'requested',
      intent: 'order',
      for: patient,
      focus: { reference: `ServiceRequest/${order.id}` },
    });
    const found = async (mode: ModeName): Promise<unknown[]> =>
      (await asService(mode, 'GET', `ServiceRequest?_id=${order.id}&_revinclude=Task:focus`)).json['entry'] as unknown[];
    expect(await found('full')).toHaveLength(2);
    expect(await found('epic-like')).toHaveLength(2);
    expect(await found('oracle-like')).toHaveLength(1);
    expect(await found('athena-like')).toHaveLength(1);
  });

  test.each<[ModeName, boolean]>([
    ['full', true],
    ['epic-like', false],
    ['oracle-like', true],
    ['athena-like', true],
  ])('%s shows ETag and Location to a page: %s', async (mode, shows) => {
    const { access_token: token } = await tokensIn(ehr, { mode, scope: 'launch patient/ServiceRequest.rs' });
    const answer = await fhir(ehr, mode, token, 'GET', 'ServiceRequest/order-a');
    expect(answer.headers.get('access-control-allow-origin')).toBe(REFLOOP);
    expect(answer.headers.get('etag')).toMatch(/^W\/"/);
    const exposed = (answer.headers.get('access-control-expose-headers') ?? '').toLowerCase();
    expect(exposed.includes('etag') && exposed.includes('location')).toBe(shows);
    expect(exposed === '').toBe(!shows);
  });
});

describe('an unsigned order', () => {
  const order = {
    resourceType: 'ServiceRequest',
    status: 'active',
    intent: 'order',
    subject: patient,
    code: { text: 'Referral to cardiologist' },
  } as const;
  const isTagged = (answer: FhirAnswer): boolean => (answer.json.meta.tag ?? []).some((tag) => tag.code === 'unsigned');
  const sign = async (id: string, user: string, of = 'pat-a'): Promise<Response> =>
    postForm(ehr, `/patients/${of}/orders/${id}/sign`, {}, { Cookie: await signIn(ehr, user) });

  test('is what epic-like makes of an active one, until a clinician signs it in the chart', async () => {
    const created = await asService('epic-like', 'POST', 'ServiceRequest', order);
    const { id } = created.json;
    expect([created.status, created.json.status, isTagged(created)]).toEqual([201, 'draft', true]);
    const again = await asService('epic-like', 'PUT', `ServiceRequest/${id}`, { ...created.json, status: 'active', priority: 'urgent' });
    expect([again.status, again.json.status, isTagged(again), again.json['priority']]).toEqual([200, 'draft', true, 'urgent']);

    const page = await (await ehr.app.request(`${EHR}/patients/pat-a`, { headers: { Cookie: await signIn(ehr) } })).text();
    const row = new RegExp(`<tr data-order="${id}">[\\s\\S]*?</tr>`).exec(page)?.[0] ?? '';
    expect(row).toContain('waits for a signature');
    expect(row).toContain('>Sign</button>');
    expect(row).not.toContain('>Refer</button>');

    expect((await sign(id, 'coordinator')).status).toBe(403);
    expect((await sign(id, 'nurse')).status).toBe(403);
    expect((await sign(id, 'clinician', 'pat-b')).status).toBe(404);
    expect((await sign(id, 'clinician')).status).toBe(303);
    const signedOrder = await asService('epic-like', 'GET', `ServiceRequest/${id}`);
    expect([signedOrder.json.status, isTagged(signedOrder), signedOrder.json.meta.versionId]).toEqual(['active', false, '3']);
    expect((await sign(id, 'clinician')).status).toBe(409);
    const changed = await asService('epic-like', 'PUT', `ServiceRequest/${id}`, { ...signedOrder.json, priority: 'routine' });
    expect([changed.json.status, isTagged(changed)]).toEqual(['active', false]);
  });

  test('stays one while it is edited, and can be revoked', async () => {
    const { json } = await asService('epic-like', 'POST', 'ServiceRequest', order);
    const { meta: _meta, ...untagged } = json;
    const edited = await asService('epic-like', 'PUT', `ServiceRequest/${json.id}`, { ...untagged, status: 'draft' });
    expect([edited.json.status, isTagged(edited)]).toEqual(['draft', true]);
    const revoked = await asService('epic-like', 'PUT', `ServiceRequest/${json.id}`, { ...edited.json, status: 'revoked' });
    expect([revoked.json.status, isTagged(revoked)]).toEqual(['revoked', false]);
  });

  test('cannot be made by its mark, and is none in mode full', async () => {
    const marked = { ...order, status: 'draft', meta: { tag: [{ system: 'urn:refloop:sandbox:order-state', code: 'unsigned' }] } };
    expect(isTagged(await asService('epic-like', 'POST', 'ServiceRequest', marked))).toBe(false);
    const direct = await asService('full', 'POST', 'ServiceRequest', order);
    expect([direct.json.status, isTagged(direct)]).toEqual(['active', false]);
  });
});
