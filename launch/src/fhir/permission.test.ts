import type { Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conditionOf, orderOf, patientOf, practitionerOf, startTestServer, type TestServer, taskOf } from './test-server.ts';

let server: TestServer;

const observationOf = (id: string, patient: string, category: string): Resource => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: category }] }],
  code: { text: 'Glucose' },
  subject: { reference: `Patient/${patient}` },
});

beforeAll(async () => {
  server = await startTestServer();
  await server.load([
    practitionerOf('pract-1'),
    ...['pat-a', 'pat-b'].flatMap((patient) => [
      patientOf(patient),
      conditionOf(`cond-${patient}`, patient),
      orderOf(`order-${patient}`, patient, { requester: { reference: 'Practitioner/pract-1' } }),
      taskOf(`task-${patient}`, patient, `order-${patient}`),
      observationOf(`lab-${patient}`, patient, 'laboratory'),
      observationOf(`vital-${patient}`, patient, 'vital-signs'),
      {
        resourceType: 'Provenance' as const,
        id: `prov-${patient}`,
        target: [{ reference: `ServiceRequest/order-${patient}/_history/1` }],
        recorded: '2026-11-20T10:00:00Z',
        agent: [{ who: { reference: 'Practitioner/pract-1' } }],
      },
    ]),
    {
      resourceType: 'Appointment',
      id: 'together',
      status: 'proposed',
      participant: [
        { actor: { reference: 'Patient/pat-a' }, status: 'accepted' },
        { actor: { reference: 'Patient/pat-b' }, status: 'accepted' },
      ],
    },
  ]);
});

afterAll(() => server.close());

describe('a token bound to pat-a', () => {
  it.each<[scopes: string, method: string, path: string, status: number, body?: object]>([
    // read
    ['patient/Condition.r', 'GET', 'Condition/cond-pat-a', 200],
    ['patient/Condition.s', 'GET', 'Condition/cond-pat-a', 403],
    ['patient/Condition.read', 'GET', 'Condition/cond-pat-a', 200],
    ['patient/Condition.r', 'GET', 'Condition/cond-pat-b', 404],
    ['patient/*.cruds', 'GET', 'Condition/cond-pat-b/_history', 404],
    ['patient/*.cruds', 'GET', 'Condition/cond-pat-b/_history/1', 404],
    ['user/Condition.r', 'GET', 'Condition/cond-pat-b', 200],
    ['patient/Patient.r', 'GET', 'Patient/pat-a', 200],
    ['patient/Patient.r', 'GET', 'Patient/pat-b', 403],
    ['patient/Patient.r', 'GET', 'Patient/nobody', 403],
    ['patient/*.cruds', 'GET', 'Practitioner/pract-1', 404],
    ['user/Practitioner.rs', 'GET', 'Practitioner/pract-1', 200],
    ['patient/Task.r', 'GET', 'Task/task-pat-a', 200],
    ['patient/Provenance.r', 'GET', 'Provenance/prov-pat-a', 200],
    ['patient/Provenance.r', 'GET', 'Provenance/prov-pat-b', 404],
    ['patient/Appointment.r', 'GET', 'Appointment/together', 200],
    ['openid launch/patient', 'GET', 'Patient/pat-a', 403],
    // search
    ['patient/Condition.r', 'GET', 'Condition?patient=pat-a', 403],
    ['patient/Condition.rs', 'GET', 'Condition?requester.name=x', 400],
    ['patient/ServiceRequest.rs', 'GET', 'ServiceRequest?requester:Practitioner.name=lin', 403],
    ['patient/ServiceRequest.rs user/Practitioner.rs', 'GET', 'ServiceRequest?requester:Practitioner.name=lin', 200],
    ['patient/Patient.rs', 'GET', 'Patient?_has:Condition:patient:code=29857009', 403],
    // create
    ['patient/Condition.c', 'POST', 'Condition', 201, conditionOf('x', 'pat-a')],
    ['patient/Condition.ruds', 'POST', 'Condition', 403, conditionOf('x', 'pat-a')],
    ['patient/Condition.c', 'POST', 'Condition', 403, conditionOf('x', 'pat-b')],
    ['patient/ServiceRequest.c', 'POST', 'ServiceRequest', 403, orderOf('x', 'pat-b')],
    [
      'patient/ServiceRequest.c',
      'POST',
      'ServiceRequest',
      422,
      orderOf('x', 'pat-a', { reasonReference: [{ reference: 'Condition/cond-pat-b' }] }),
    ],
    [
      'patient/ServiceRequest.c',
      'POST',
      'ServiceRequest',
      201,
      orderOf('x', 'pat-a', { requester: { reference: 'Practitioner/pract-1' } }),
    ],
    ['patient/*.cruds', 'POST', 'Practitioner', 403, practitionerOf('x')],
    ['patient/*.cruds', 'POST', 'Patient', 403, patientOf('x')],
    [
      'patient/Appointment.c',
      'POST',
      'Appointment',
      403,
      {
        resourceType: 'Appointment',
        status: 'proposed',
        participant: [
          { actor: { reference: 'Patient/pat-a' }, status: 'accepted' },
          { actor: { reference: 'Patient/pat-b' }, status: 'accepted' },
        ],
      },
    ],
    [
      'patient/Provenance.c',
      'POST',
      'Provenance',
      201,
      {
        resourceType: 'Provenance',
        target: [{ reference: 'ServiceRequest/order-pat-a' }],
        recorded: '2026-11-20T10:00:00Z',
        agent: [{ who: { reference: 'Practitioner/pract-1' } }],
      },
    ],
    [
      'patient/Provenance.c',
      'POST',
      'Provenance',
      403,
      {
        resourceType: 'Provenance',
        target: [{ reference: 'ServiceRequest/order-pat-b' }],
        recorded: '2026-11-20T10:00:00Z',
        agent: [{ who: { reference: 'Practitioner/pract-1' } }],
      },
    ],
    ['user/Condition.c', 'POST', 'Condition', 201, conditionOf('x', 'pat-b')],
    // update and patch
    ['patient/Condition.u', 'PUT', 'Condition/cond-pat-a', 200, conditionOf('cond-pat-a', 'pat-a')],
    ['patient/Condition.crds', 'PUT', 'Condition/cond-pat-a', 403, conditionOf('cond-pat-a', 'pat-a')],
    ['patient/Condition.u', 'PUT', 'Condition/cond-pat-a', 403, conditionOf('cond-pat-a', 'pat-b')],
    ['patient/Condition.u', 'PUT', 'Condition/cond-pat-b', 404, conditionOf('cond-pat-b', 'pat-b')],
    ['patient/Condition.u', 'PUT', 'Condition/cond-pat-b', 404, conditionOf('cond-pat-b', 'pat-a')],
    ['patient/Condition.u', 'PATCH', 'Condition/cond-pat-a', 403, [{ op: 'replace', path: '/subject/reference', value: 'Patient/pat-b' }]],
    ['patient/Condition.u', 'PATCH', 'Condition/cond-pat-b', 404, [{ op: 'replace', path: '/subject/reference', value: 'Patient/pat-a' }]],
    [
      'patient/*.cruds',
      'PUT',
      'Appointment/together',
      403,
      {
        resourceType: 'Appointment',
        id: 'together',
        status: 'cancelled',
        participant: [{ actor: { reference: 'Patient/pat-a' }, status: 'accepted' }],
      },
    ],
    // delete
    ['patient/Condition.crus', 'DELETE', 'Condition/cond-pat-a', 403],
    ['patient/Condition.d', 'DELETE', 'Condition/cond-pat-b', 404],
    ['patient/*.cruds', 'DELETE', 'Appointment/together', 403],
  ])('with %s: %s %s → %i', async (scopes, method, path, status, body) => {
    const answer = await server.call({ method, path, scopes, patient: 'pat-a', ...(body ? { body } : {}) });
    expect([answer.status, answer.text.slice(0, 300)]).toEqual([status, expect.any(String)]);
  });

  it('grants nothing to patient scopes when no patient is in context', async () => {
    expect((await server.call({ path: 'Patient/pat-a', scopes: 'patient/*.cruds' })).status).toBe(403);
  });

  it('searches its own compartment only, whatever is asked for', async () => {
    for (const path of [
      'Condition',
      'Condition?patient=pat-b',
      'Condition?_id=cond-pat-a,cond-pat-b',
      'Provenance',
      'Task?patient=pat-b',
      'Patient',
    ]) {
      const { json, text } = await server.call({ path, scopes: 'patient/*.rs', patient: 'pat-a' });
      expect(json.entry?.map(({ resource }) => resource?.id).filter((id) => id?.includes('pat-b')) ?? []).toEqual([]);
      expect(text).not.toContain('Family-pat-b');
    }
    expect(
      (await server.call({ path: 'Condition?code=29857009', scopes: 'patient/*.rs', patient: 'pat-b' })).json.entry?.map(
        (e) => e.resource?.id,
      ),
    ).toContain('cond-pat-b');
  });

  it('gets from _include and _revinclude what it could have read itself', async () => {
    const path =
      'ServiceRequest?_id=order-pat-a&_include=ServiceRequest:patient&_include=ServiceRequest:requester&_revinclude=Task:focus&_revinclude=Provenance:target';
    const types = async (scopes: string): Promise<string[]> => {
      const { json } = await server.call({ path, scopes, patient: 'pat-a' });
      return [
        ...new Set(json.entry?.filter(({ search }) => search?.mode === 'include').map(({ resource }) => resource?.resourceType ?? '')),
      ].toSorted();
    };
    expect(await types('patient/ServiceRequest.rs')).toEqual([]);
    expect(await types('patient/ServiceRequest.rs patient/Patient.r patient/Task.s')).toEqual(['Patient', 'Task']);
    expect(await types('patient/*.rs user/Practitioner.r')).toEqual(['Patient', 'Practitioner', 'Provenance', 'Task']);
  });

  it('narrows by the constraint of its scope, in reading, searching, creating and updating', async () => {
    const scopes = 'patient/Observation.crus?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory';
    const call = (request: Parameters<TestServer['call']>[0]) => server.call({ scopes, patient: 'pat-a', ...request });
    expect((await call({ path: 'Observation/lab-pat-a' })).status).toBe(200);
    expect((await call({ path: 'Observation/vital-pat-a' })).status).toBe(404);
    expect((await call({ path: 'Observation' })).json.entry?.map((e) => e.resource?.id)).toEqual(['lab-pat-a']);
    expect((await call({ method: 'POST', path: 'Observation', body: observationOf('x', 'pat-a', 'vital-signs') })).status).toBe(403);
    expect((await call({ method: 'POST', path: 'Observation', body: observationOf('x', 'pat-a', 'laboratory') })).status).toBe(201);
    expect(
      (await call({ method: 'PUT', path: 'Observation/lab-pat-a', body: observationOf('lab-pat-a', 'pat-a', 'vital-signs') })).status,
    ).toBe(403);
    const unjudgeable = await call({ path: 'Observation', scopes: 'patient/Observation.rs?date=ge2020' });
    expect(unjudgeable.status).toBe(403);
  });

  it('does not learn from a patch what it may not read', async () => {
    const answer = await server.call({
      method: 'PATCH',
      path: 'ServiceRequest/order-pat-a',
      scopes: 'patient/ServiceRequest.u',
      patient: 'pat-a',
      body: [{ op: 'add', path: '/priority', value: 'urgent' }],
    });
    expect([answer.status, answer.text, answer.headers.get('ETag')]).toEqual([200, '', 'W/"2"']);
  });

  it('is held to its scopes in each entry of a batch, and a transaction falls with one of them', async () => {
    const entry = [
      { request: { method: 'GET', url: 'Condition/cond-pat-a' } },
      { request: { method: 'GET', url: 'Condition/cond-pat-b' } },
      { request: { method: 'POST', url: 'Condition' }, resource: conditionOf('x', 'pat-b') },
      { request: { method: 'POST', url: 'ServiceRequest' }, resource: orderOf('x', 'pat-a') },
    ];
    const scopes = 'patient/Condition.cr';
    const batch = await server.call({
      method: 'POST',
      path: '',
      scopes,
      patient: 'pat-a',
      body: { resourceType: 'Bundle', type: 'batch', entry },
    });
    expect(batch.json.entry?.map(({ response }) => response?.status)).toEqual(['200', '404', '403', '403']);
    const before = await server.repository.search('Condition', '_summary=count');
    const good = { request: { method: 'POST', url: 'Condition' }, resource: conditionOf('x', 'pat-a') };
    const transaction = await server.call({
      method: 'POST',
      path: '',
      scopes,
      patient: 'pat-a',
      body: { resourceType: 'Bundle', type: 'transaction', entry: [good, entry[2]] },
    });
    expect([transaction.status, transaction.json.issue?.[0]?.expression]).toEqual([403, ['Bundle.entry[1].resource']]);
    expect((await server.repository.search('Condition', '_summary=count')).total).toBe(before.total);
  });

  it('does not see the versions a resource had while it was another patient’s', async () => {
    const { resource } = await server.repository.create(conditionOf('x', 'pat-b'));
    await server.repository.update({ ...resource, subject: { reference: 'Patient/pat-a' } } as typeof resource);
    const call = (path: string) => server.call({ path, scopes: 'patient/*.rs', patient: 'pat-a' });
    expect((await call(`Condition/${resource.id}/_history`)).json.entry?.map((e) => e.resource?.meta?.versionId)).toEqual(['2']);
    expect((await call(`Condition/${resource.id}/_history/1`)).status).toBe(404);
    expect((await server.call({ path: `Condition/${resource.id}`, scopes: 'patient/*.rs', patient: 'pat-b' })).status).toBe(404);
  });

  it('loses a Provenance whose target moves to another patient', async () => {
    const order = (await server.repository.create(orderOf('x', 'pat-a'))).resource;
    const provenance = (
      await server.repository.create({
        resourceType: 'Provenance',
        target: [{ reference: `ServiceRequest/${order.id}` }],
        recorded: '2026-11-20T10:00:00Z',
        agent: [{ who: { reference: 'Practitioner/pract-1' } }],
      })
    ).resource;
    const status = async (patient: string) =>
      (await server.call({ path: `Provenance/${provenance.id}`, scopes: 'patient/*.rs', patient })).status;
    expect([await status('pat-a'), await status('pat-b')]).toEqual([200, 404]);
    await server.repository.update({ ...order, subject: { reference: 'Patient/pat-b' } } as typeof order);
    expect([await status('pat-a'), await status('pat-b')]).toEqual([404, 200]);

    await server.repository.update({ ...provenance, target: [{ reference: 'ServiceRequest/order-pat-a' }] });
    const history = await server.call({ path: `Provenance/${provenance.id}/_history`, scopes: 'patient/*.rs', patient: 'pat-a' });
    expect(history.json.entry?.map((e) => e.resource?.meta?.versionId)).toEqual(['2']);
  });
});

it('none of this was a fault of the server', () => expect(server.faults).toEqual([]));
