import type { Practitioner } from '@medplum/fhirtypes';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FIRST_COLLEAGUE, findColleague, LAST_COLLEAGUE } from '../auth/colleagues.ts';
import { FAULT_NAMES } from '../modes/faults.ts';
import { EHR, FHIR_BASE, fetchTokens, launchByApi, openTestEhr, REFLOOP, type TestEhr } from './test-ehr.ts';

let ehr: TestEhr;
beforeAll(async () => {
  ehr = await openTestEhr();
});
afterAll(() => ehr.close());

const post = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
  Promise.resolve(ehr.app.request(`${EHR}/launches`, { method: 'POST', body, headers }));

test('lists who can sign in, about whom, and how', async () => {
  const response = await ehr.app.request(`${EHR}/launches`);
  expect(await response.json()).toEqual({
    users: [
      { id: 'clinician', name: expect.any(String), role: 'clinician' },
      { id: 'coordinator', name: expect.any(String), role: 'coordinator' },
      { id: 'lead', name: expect.any(String), role: 'lead' },
      { id: 'admin', name: expect.any(String), role: 'admin' },
      { id: 'nurse', name: 'Kim Ortiz, MA', role: 'preparer' },
      { id: 'covering', name: 'Lucia Ferrante, MD', role: 'clinician' },
    ],
    patients: [
      { id: 'pat-a', name: 'Achterberg, Nora', orders: ['order-a'] },
      { id: 'pat-b', name: 'Bellweather, Osei', orders: ['order-b'] },
    ],
    modes: ['full', 'epic-like', 'oracle-like', 'athena-like', 'messages-only'],
    faults: FAULT_NAMES,
  });
});

test('answers a launch whose address is the launch URL with iss and launch', async () => {
  const answer = await launchByApi(ehr, { user: 'clinician', patient: 'pat-a', order: 'order-a', mode: 'full', faults: [] });
  const url = new URL(answer.url);
  expect(answer.iss).toBe(FHIR_BASE);
  expect(`${url.origin}${url.pathname}`).toBe(`${REFLOOP}/launch`);
  expect([...url.searchParams]).toEqual([
    ['iss', FHIR_BASE],
    ['launch', answer.launch],
  ]);
});

test('the faults of smart-launcher-v2 are all there, by its names', () => {
  expect(FAULT_NAMES.slice(0, 11)).toEqual([
    'auth_invalid_client_id',
    'auth_invalid_redirect_uri',
    'auth_invalid_scope',
    'auth_invalid_client_secret',
    'token_invalid_token',
    'token_expired_refresh_token',
    'token_expired_registration_token',
    'token_invalid_scope',
    'token_invalid_jti',
    'request_invalid_token',
    'request_expired_token',
  ]);
});

test('a given encounter comes before the one of the order', async () => {
  const tokens = await fetchTokens(ehr, { user: 'clinician', patient: 'pat-a', encounter: 'enc-a' });
  expect(tokens).toMatchObject({ patient: 'pat-a', encounter: 'enc-a' });
  expect(tokens['fhirContext']).toBeUndefined();
});

describe('a colleague who is on no list', () => {
  test('is a practitioner of their own from the first launch on, also where two come at once', async () => {
    const launch = { user: 'clinician-7', patient: 'pat-a', order: 'order-a' };
    const [tokens, again] = await Promise.all([fetchTokens(ehr, launch), fetchTokens(ehr, launch)]);
    expect([tokens.patient, again.patient]).toEqual(['pat-a', 'pat-a']);
    const claims = decodeJwt(String(tokens['id_token']));
    expect(claims).toMatchObject({ sub: 'clinician-7', fhirUser: `${FHIR_BASE}/Practitioner/clinician-7` });
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    const practitioner = (await (await ehr.app.request(`${FHIR_BASE}/Practitioner/clinician-7`, { headers })).json()) as Practitioner;
    expect(practitioner).toMatchObject({ id: 'clinician-7', active: true, name: [{ family: expect.any(String) }] });
  });

  test('has a name and number that no other has', () => {
    const colleagues = Array.from({ length: LAST_COLLEAGUE - FIRST_COLLEAGUE + 1 }, (_, at) => findColleague(`clinician-${at + 2}`));
    expect(new Set(colleagues.map((each) => each?.identifier.value)).size).toBe(colleagues.length);
    expect(new Set(colleagues.map((each) => each?.name)).size).toBe(colleagues.length);
  });

  test.each(['clinician-1', 'clinician-02', 'clinician-501', 'clinician-', 'clinician-7a'])('is not %s', async (user) => {
    expect((await post(JSON.stringify({ user }))).status).toBe(400);
  });

  test('does not sign in at the page', async () => {
    const answer = await ehr.app.request(`${EHR}/sign-in`, {
      method: 'POST',
      headers: { origin: EHR, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'user=clinician-7',
    });
    expect(answer.status).toBe(400);
  });
});

describe('a wrong launch is refused, naming the field', () => {
  test.each<[string, unknown, string]>([
    ['no user', { patient: 'pat-a' }, 'user'],
    ['an unknown user', { user: 'root' }, 'user'],
    ['an unknown patient', { user: 'clinician', patient: 'pat-z' }, 'patient'],
    ['a patient that is no id', { user: 'clinician', patient: 'pat-a,pat-b' }, 'patient'],
    ['an unknown order', { user: 'clinician', patient: 'pat-a', order: 'order-z' }, 'order'],
    ["another patient's order", { user: 'clinician', patient: 'pat-a', order: 'order-b' }, 'order'],
    ["another patient's encounter", { user: 'clinician', patient: 'pat-b', encounter: 'enc-a' }, 'encounter'],
    ['an order without a patient', { user: 'clinician', order: 'order-a' }, 'patient'],
    ['an encounter without a patient', { user: 'clinician', encounter: 'enc-a' }, 'patient'],
    ['an unknown mode', { user: 'clinician', mode: 'Epic' }, 'mode'],
    ['an unknown fault', { user: 'clinician', faults: ['latency', 'earthquake'] }, 'faults'],
    ['a field of no meaning', { user: 'clinician', patientId: 'pat-a' }, 'patientId'],
    ['a number for an id', { user: 'clinician', patient: 1 }, 'patient'],
    ['no object', [], 'body'],
  ])('%s', async (_, body, field) => {
    const response = await post(JSON.stringify(body));
    expect(response.status).toBe(400);
    const problem = (await response.json()) as { field: string; message: string };
    expect(problem.field).toBe(field);
    expect(problem.message).toMatch(/\.$/);
  });

  test('no JSON', async () => {
    expect((await post('user=clinician')).status).toBe(400);
  });
});

describe('it answers this machine alone', () => {
  test.each<[string, string, Record<string, string>]>([
    ['another address', '192.0.2.7', {}],
    ['no address', '', {}],
    ['another host name, which DNS may point here', '127.0.0.1', { Host: 'evil.example:4010' }],
    ['a page of the web', '127.0.0.1', { Origin: 'https://evil.example' }],
    ['a sandboxed page', '127.0.0.1', { Origin: 'null' }],
  ])('%s is refused', async (_, address, headers) => {
    ehr.setRemoteAddress(address);
    const get = await ehr.app.request(`${EHR}/launches`, { headers });
    const created = await post(JSON.stringify({ user: 'clinician' }), headers);
    ehr.setRemoteAddress('127.0.0.1');
    expect([get.status, created.status]).toEqual([403, 403]);
  });

  test.each(['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'])('%s is this machine', async (address) => {
    ehr.setRemoteAddress(address);
    const response = await ehr.app.request(`${EHR}/launches`);
    ehr.setRemoteAddress('127.0.0.1');
    expect(response.status).toBe(200);
  });
});
