import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFhirApp } from './app.ts';
import { baseUrl, conditionOf, orderOf, patientOf, practitionerOf, startTestServer, type TestServer, taskOf } from './test-server.ts';

let server: TestServer;
const call: TestServer['call'] = (request) => server.call(request);

beforeAll(async () => {
  server = await startTestServer();
  await server.load([
    taskOf('task-a', 'pat-a', 'order-a'),
    orderOf('order-a', 'pat-a', { requester: { reference: 'Practitioner/pract-1' } }),
    patientOf('pat-a'),
    patientOf('pat-b'),
    conditionOf('cond-a', 'pat-a'),
    conditionOf('cond-b', 'pat-b'),
    practitionerOf('pract-1'),
  ]);
});

afterAll(() => server.close());

describe('one resource', () => {
  it('is created, read, updated, deleted, and keeps every version', async () => {
    const created = await call({ method: 'POST', path: 'Condition', body: conditionOf('ignored', 'pat-a') });
    expect(created.status).toBe(201);
    const id = created.json.id;
    expect(id).not.toBe('ignored');
    expect(created.headers.get('ETag')).toBe('W/"1"');
    expect(created.headers.get('Location')).toBe(`${baseUrl}/Condition/${id}/_history/1`);
    expect(created.headers.get('Last-Modified')).toMatch(/GMT$/);

    const update = await call({ method: 'PUT', path: `Condition/${id}`, body: conditionOf(id, 'pat-a', { onsetDateTime: '2026-01' }) });
    expect([update.status, update.json.meta.versionId]).toEqual([200, '2']);
    expect((await call({ path: `Condition/${id}` })).json['onsetDateTime']).toBe('2026-01');
    const first = await call({ path: `Condition/${id}/_history/1` });
    expect([first.status, first.json['onsetDateTime'], first.headers.get('ETag')]).toEqual([200, undefined, 'W/"1"']);
    expect((await call({ path: `Condition/${id}/_history/9` })).status).toBe(404);

    expect((await call({ method: 'DELETE', path: `Condition/${id}` })).status).toBe(204);
    expect((await call({ path: `Condition/${id}` })).status).toBe(410);
    expect((await call({ method: 'PUT', path: `Condition/${id}`, body: conditionOf(id, 'pat-a') })).status).toBe(410);
    expect((await call({ path: `Condition?_id=${id}` })).json.total).toBe(0);
    const history = await call({ path: `Condition/${id}/_history` });
    expect(history.json.entry?.map((entry) => entry.request?.method)).toEqual(['DELETE', 'PUT', 'POST']);
  });

  it('is changed only at the version that was read', async () => {
    const { json } = await call({ method: 'POST', path: 'Condition', body: conditionOf('x', 'pat-a') });
    const id = json.id;
    const put = (version: string) =>
      call({
        method: 'PUT',
        path: `Condition/${id}`,
        body: conditionOf(id, 'pat-a', { recordedDate: '2026-02-01' }),
        headers: { 'If-Match': version },
      });
    expect((await put('W/"1"')).status).toBe(200);
    const stale = await put('W/"1"');
    expect([stale.status, stale.json.resourceType]).toEqual([412, 'OperationOutcome']);
    expect((await put('nonsense')).status).toBe(400);
    expect((await call({ method: 'DELETE', path: `Condition/${id}`, headers: { 'If-Match': 'W/"1"' } })).status).toBe(412);
    expect((await call({ path: `Condition/${id}`, headers: { 'If-None-Match': 'W/"2"' } })).status).toBe(304);
  });

  it('is patched, and a patch that does not fit changes nothing', async () => {
    const { json } = await call({ method: 'POST', path: 'ServiceRequest', body: orderOf('x', 'pat-a') });
    const path = `ServiceRequest/${json.id}`;
    const good = await call({ method: 'PATCH', path, body: [{ op: 'replace', path: '/status', value: 'active' }] });
    expect([good.status, good.json['status'], good.headers.get('ETag')]).toEqual([200, 'active', 'W/"2"']);
    expect((await call({ method: 'PATCH', path, body: [{ op: 'test', path: '/status', value: 'draft' }] })).status).toBe(422);
    expect((await call({ method: 'PATCH', path, body: [{ op: 'replace', path: '/status', value: 'zzz' }] })).status).toBe(400);
    expect((await call({ method: 'PATCH', path, body: [{ op: 'replace', path: '/id', value: 'other' }] })).status).toBe(400);
    expect((await call({ method: 'PATCH', path, body: [{ op: 'add', path: '/__proto__/polluted', value: true }] })).status).toBe(400);
    expect((await call({ path })).json.meta.versionId).toBe('2');
  });

  it('is created once per If-None-Exist, also by callers at the same time', async () => {
    const identifier = [{ system: 'https://refloop.example/id/referral', value: '01J0ULID' }];
    const create = () =>
      call({
        method: 'POST',
        path: 'ServiceRequest',
        body: orderOf('x', 'pat-a', { identifier }),
        headers: { 'If-None-Exist': 'identifier=https://refloop.example/id/referral|01J0ULID' },
      });
    const answers = await Promise.all([create(), create(), create()]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 201]);
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
    await call({ method: 'POST', path: 'ServiceRequest', body: orderOf('x', 'pat-a', { identifier }) });
    expect((await create()).status).toBe(412);
    const unconditional = await call({
      method: 'POST',
      path: 'ServiceRequest',
      body: orderOf('x', 'pat-a'),
      headers: { 'If-None-Exist': '_count=1' },
    });
    expect(unconditional.status).toBe(400);
  });

  it('is answered without its body when that is preferred', async () => {
    const answer = await call({
      method: 'POST',
      path: 'Condition',
      body: conditionOf('x', 'pat-a'),
      headers: { Prefer: 'return=minimal' },
    });
    expect([answer.status, answer.text, answer.headers.get('ETag')]).toEqual([201, '', 'W/"1"']);
  });

  it('is not deleted while another refers to it', async () => {
    expect((await call({ method: 'DELETE', path: 'ServiceRequest/order-a' })).status).toBe(409);
    expect((await call({ path: 'ServiceRequest/order-a' })).status).toBe(200);
  });
});

describe('what is refused', () => {
  it.each<[string, object, RegExp]>([
    ['an unknown gender', patientOf('x', { gender: 'zzz' }), /Patient\.gender is "zzz".*male, female, other, unknown/],
    ['an unknown order status', orderOf('x', 'pat-a', { status: 'sent' }), /ServiceRequest\.status is "sent"/],
    ['an unknown task status', taskOf('x', 'pat-a', 'order-a', { status: 'open' }), /Task\.status is "open"/],
    [
      'a clinical status of another system',
      conditionOf('x', 'pat-a', { clinicalStatus: { coding: [{ system: 'http://example.org', code: 'active' }] } }),
      /Condition\.clinicalStatus is "active"/,
    ],
    ['a missing required element', { resourceType: 'ServiceRequest', status: 'draft', intent: 'order' }, /ServiceRequest\.subject/],
    ['an element that does not exist', conditionOf('x', 'pat-a', { colour: 'red' }), /colour/],
    ['an impossible date', patientOf('x', { birthDate: '1970-13-40' }), /Patient\.birthDate/],
    ['a reference to a wrong type', orderOf('x', 'pat-a', { requester: { reference: 'Condition/cond-a' } }), /requester.*Condition/],
  ])('%s, with the element and the fix', async (_name, resource, message) => {
    const answer = await call({ method: 'POST', path: (resource as { resourceType: string }).resourceType, body: resource });
    expect([answer.status, answer.json.resourceType]).toEqual([400, 'OperationOutcome']);
    expect(answer.json.issue?.[0]?.diagnostics).toMatch(message);
    expect(answer.json.issue?.[0]?.expression?.[0]).toBeDefined();
  });

  it.each<[string, object]>([
    ['Condition/none', {}],
    ['urn:uuid:0b7ac1b0-6d0c-4d26-8e3a-6e0a5f7f6a11', {}],
    ['#nobody', {}],
    ['Practitioner?identifier=a|b', {}],
    ['ServiceRequest/order-a/_history/7', {}],
    ['Condition/1/2/3', {}],
  ])('a dangling reference %s', async (reference) => {
    const answer = await call({ method: 'POST', path: 'ServiceRequest', body: orderOf('x', 'pat-a', { supportingInfo: [{ reference }] }) });
    expect([answer.status, answer.json.issue?.[0]?.expression?.[0]]).toEqual([422, 'ServiceRequest.supportingInfo[0]']);
  });

  it('nothing of a reference that is contained, logical, versioned, absolute to here or to elsewhere', async () => {
    const answer = await call({
      method: 'POST',
      path: 'ServiceRequest',
      body: orderOf('x', 'pat-a', {
        contained: [{ resourceType: 'Device', id: 'model' }],
        supportingInfo: [
          { reference: '#model' },
          { reference: 'ServiceRequest/order-a/_history/1' },
          { reference: `${baseUrl}/Condition/cond-a` },
          { reference: 'https://other.example/fhir/Condition/1' },
        ],
        performer: [
          { type: 'PractitionerRole', identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: '1234567893' }, display: 'Dr. Lin' },
        ],
      }),
    });
    expect(answer.status).toBe(201);
    expect(answer.json.supportingInfo?.[2]?.reference).toBe('Condition/cond-a');
    const byIdentifier = await call({ path: 'ServiceRequest?performer:identifier=http://hl7.org/fhir/sid/us-npi|1234567893' });
    expect(byIdentifier.json.total).toBe(1);
  });

  it.each<[string, number, Parameters<TestServer['call']>[0]]>([
    ['malformed JSON', 400, { method: 'POST', path: 'Condition', body: '{"resourceType":' }],
    ['a body that is no object', 400, { method: 'POST', path: 'Condition', body: '[]' }],
    ['another type than the URL says', 400, { method: 'POST', path: 'Condition', body: patientOf('x') }],
    ['another id than the URL says', 400, { method: 'PUT', path: 'Condition/cond-a', body: conditionOf('cond-b', 'pat-a') }],
    ['JSON nested without end', 400, { method: 'POST', path: 'Condition', body: '['.repeat(50_000) }],
    ['a NUL character', 400, { method: 'POST', path: 'Patient', body: patientOf('x', { name: [{ text: 'a\u0000b' }] }) }],
    ['a body over 1 MiB', 413, { method: 'POST', path: 'Condition', body: `"${'x'.repeat(1024 * 1024)}"` }],
    ['another content type', 415, { method: 'POST', path: 'Condition', body: '{}', headers: { 'Content-Type': 'text/plain' } }],
    ['a wish for XML', 406, { path: 'Patient/pat-a', headers: { Accept: 'application/fhir+xml' } }],
    ['a type that does not exist', 404, { path: 'Spaceship' }],
    ['an operation', 404, { path: 'Patient/pat-a/$everything' }],
    ['a conditional delete', 405, { method: 'DELETE', path: 'Condition?subject=Patient/pat-a' }],
    ['an id that never was', 404, { path: 'Condition/never' }],
    ['an update of what never was', 404, { method: 'PUT', path: 'Condition/never', body: conditionOf('never', 'pat-a') }],
    ['a bad escape in the path', 400, { path: 'Condition/%E0%A4%A' }],
  ])('%s → %i', async (_name, status, request) => {
    const answer = await call(request);
    expect([answer.status, answer.json.resourceType]).toEqual([status, 'OperationOutcome']);
  });
});

describe('the door', () => {
  it('answers 401 without a token or with a wrong one, 403 without the scope, each readable by a browser', async () => {
    const headers = { Origin: 'http://127.0.0.1:4020' };
    const none = await call({ path: 'Patient/pat-a', scopes: null, headers });
    const wrong = await call({ path: 'Patient/pat-a', scopes: null, headers: { ...headers, Authorization: 'Bearer nonsense' } });
    const narrow = await call({ path: 'Patient/pat-a', scopes: 'user/Condition.rs', headers });
    expect([none.status, wrong.status, narrow.status]).toEqual([401, 401, 403]);
    expect(none.headers.get('WWW-Authenticate')).toMatch(/^Bearer /);
    expect(wrong.headers.get('WWW-Authenticate')).toContain('invalid_token');
    for (const answer of [
      none,
      wrong,
      narrow,
      await call({ path: 'Patient/none', headers }),
      await call({ path: 'Patient?what=1', headers }),
    ]) {
      expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*');
      expect(answer.json.resourceType).toBe('OperationOutcome');
    }
    const read = await call({ path: 'Patient/pat-a', headers });
    for (const name of ['ETag', 'Location', 'Content-Location', 'Last-Modified'])
      expect(read.headers.get('Access-Control-Expose-Headers')).toContain(name);
  });

  it('lets only registered origins read what a token opens, and anyone the metadata', async () => {
    const app = createFhirApp({
      pool: server.pool,
      baseUrl: 'http://localhost:5100',
      authenticate: () => Promise.resolve(undefined),
      allowedOrigins: ['http://127.0.0.1:4020'],
    });
    const allowed = async (path: string, origin: string): Promise<string | null> =>
      (await app.request(`http://localhost:5100/${path}`, { headers: { Origin: origin } })).headers.get('Access-Control-Allow-Origin');
    expect(await allowed('Patient/pat-a', 'http://127.0.0.1:4020')).toBe('http://127.0.0.1:4020');
    expect(await allowed('Patient/pat-a', 'http://evil.example')).toBeNull();
    expect(await allowed('metadata', 'http://evil.example')).toBe('*');
  });

  it('refuses a token at the second it ends', async () => {
    const access = {
      subject: 's',
      fhirUser: 'Practitioner/pract-1',
      clientId: 'c',
      scopes: 'user/*.rs',
      expiresAt: Math.floor(Date.now() / 1000),
    };
    const app = createFhirApp({ pool: server.pool, baseUrl: 'http://localhost:5100', authenticate: () => Promise.resolve(access) });
    const read = (): Promise<Response> =>
      Promise.resolve(app.request('http://localhost:5100/Patient/pat-a', { headers: { Authorization: 'Bearer x' } }));
    expect((await read()).status).toBe(401);
    access.expiresAt += 60;
    expect((await read()).status).toBe(200);
  });

  it('takes a bundle at the base with and without a slash', async () => {
    const access = { subject: 's', fhirUser: 'Practitioner/pract-1', clientId: 'c', scopes: 'user/*.rs', expiresAt: Infinity };
    const app = new Hono().route('/fhir', createFhirApp({ pool: server.pool, baseUrl, authenticate: () => Promise.resolve(access) }));
    const body = JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry: [] });
    for (const url of [baseUrl, `${baseUrl}/`]) {
      const answer = await app.request(url, {
        method: 'POST',
        body,
        headers: { 'Content-Type': 'application/fhir+json', Authorization: 'Bearer x' },
      });
      expect([answer.status, await answer.json()]).toEqual([200, { resourceType: 'Bundle', type: 'batch-response', entry: [] }]);
    }
  });

  it('answers a preflight without a token', async () => {
    const answer = await server.app.request(`${baseUrl}/ServiceRequest/1`, {
      method: 'OPTIONS',
      headers: {
        Origin: 'http://127.0.0.1:4020',
        'Access-Control-Request-Method': 'PUT',
        'Access-Control-Request-Headers': 'authorization,if-match',
      },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('Access-Control-Allow-Methods')).toContain('PATCH');
    expect(answer.headers.get('Access-Control-Allow-Headers')).toContain('If-Match');
  });

  it('shows its CapabilityStatement to anyone, and every parameter in it can be searched', async () => {
    const { status, json, headers } = await call({ path: 'metadata', scopes: null, headers: { Origin: 'http://anywhere.example' } });
    expect([status, json['fhirVersion'], headers.get('Access-Control-Allow-Origin')]).toEqual([200, '4.0.1', '*']);
    const values: Record<string, string> = { date: '2026', number: '1', quantity: '1', reference: 'x', token: 'x', string: 'x', uri: 'x' };
    for (const type of [
      'Patient',
      'ServiceRequest',
      'Task',
      'Coverage',
      'Observation',
      'Provenance',
      'DocumentReference',
      'PractitionerRole',
      'Appointment',
    ]) {
      const entry = json.rest?.[0]?.resource?.find((resource) => resource.type === type);
      expect(entry?.searchParam?.length).toBeGreaterThan(3);
      for (const parameter of entry?.searchParam ?? []) {
        const answer = await call({ path: `${type}?${parameter.name}=${values[parameter.type]}` });
        expect([type, parameter.name, answer.status]).toEqual([type, parameter.name, 200]);
      }
    }
  });
});

it('none of this was a fault of the server', () => expect(server.faults).toEqual([]));
