/** Faults in what the EHR keeps of a write and finds of what it keeps. */
import type { Binary, Provenance, Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FaultName } from '../modes/faults.ts';
import { fhir } from './test-backend.ts';
import { CHART, EHR, openTestEhr, signIn, type TestEhr } from './test-ehr.ts';
import { documentOf, faultyToken } from './test-faults.ts';

let ehr: TestEhr;
beforeAll(async () => {
  ehr = await openTestEhr([
    ...CHART,
    {
      resourceType: 'Task',
      id: 'task-a',
      status: 'requested',
      intent: 'order',
      for: { reference: 'Patient/pat-a' },
      focus: { reference: 'ServiceRequest/order-a' },
    },
  ]);
});
afterAll(() => ehr.close());

const tokenWith = (...faults: FaultName[]): Promise<string> => faultyToken(ehr, ...faults);
const PLACER = { system: 'https://refloop.example/id/referral', value: '01J0ULID' };
const NPI = { system: 'http://hl7.org/fhir/sid/us-npi', value: '2900000013' };

describe('identifiers and compartments', () => {
  const OWN = { system: 'urn:ehr:order', value: '77' };

  test('identifier_not_kept leaves out what a writer brings, and keeps what was there', async () => {
    const token = await tokenWith('identifier_not_kept');
    const created = await fhir(ehr, 'full', token, 'POST', 'DocumentReference', {
      ...documentOf('unnamed'),
      identifier: [PLACER],
      masterIdentifier: PLACER,
    });
    expect([created.status, created.json['identifier'], created.json['masterIdentifier'], created.json['description']]).toEqual([
      201,
      undefined,
      undefined,
      'unnamed',
    ]);
    const order = await ehr.repository.create({
      resourceType: 'ServiceRequest',
      status: 'draft',
      intent: 'order',
      subject: { reference: 'Patient/pat-a' },
      identifier: [OWN],
    });
    const path = `ServiceRequest/${order.resource.id}`;
    const updated = await fhir(ehr, 'full', token, 'PUT', path, { ...order.resource, identifier: [PLACER, OWN], requisition: PLACER });
    expect([updated.json['identifier'], updated.json['requisition']]).toEqual([[OWN], undefined]);
    const patched = await fhir(ehr, 'full', token, 'PATCH', path, [{ op: 'add', path: '/identifier/-', value: PLACER }]);
    expect(patched.json['identifier']).toEqual([OWN]);
    const found = await fhir(ehr, 'full', token, 'GET', `ServiceRequest?patient=pat-a&identifier=${PLACER.system}|${PLACER.value}`);
    expect(found.json['total']).toBe(0);
  });

  test('identifier_not_searchable refuses the parameter, also as a condition', async () => {
    const token = await tokenWith('identifier_not_searchable');
    const query = `identifier=${PLACER.system}|${PLACER.value}`;
    expect((await fhir(ehr, 'full', token, 'GET', `ServiceRequest?${query}`)).status).toBe(400);
    const conditional = await fhir(ehr, 'full', token, 'POST', 'DocumentReference', documentOf('condition'), { 'If-None-Exist': query });
    expect(conditional.status).toBe(400);
    const transaction = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [{ request: { method: 'POST', url: 'DocumentReference', ifNoneExist: query }, resource: documentOf('condition') }],
    };
    expect((await fhir(ehr, 'full', token, 'POST', '', transaction)).status).toBe(400);
    expect((await fhir(ehr, 'full', token, 'GET', 'ServiceRequest?patient=pat-a')).status).toBe(200);
    expect((await fhir(ehr, 'full', await tokenWith(), 'GET', `ServiceRequest?${query}`)).status).toBe(200);
  });

  test('task_not_in_compartment leaves a token bound to a patient without any Task', async () => {
    const without = await tokenWith('task_not_in_compartment');
    for (const path of ['Task/task-a', 'Task?patient=pat-a']) expect((await fhir(ehr, 'full', without, 'GET', path)).status).toBe(403);
    const included = await fhir(ehr, 'full', without, 'GET', 'ServiceRequest?_id=order-a&_revinclude=Task:focus');
    expect(included.json['entry']).toHaveLength(1);
    expect((await fhir(ehr, 'full', await tokenWith(), 'GET', 'Task/task-a')).status).toBe(200);
  });
});

describe('identifier_not_kept, inside a resource', () => {
  test('a Task keeps neither its own nor the one of its group, and its performer by NPI alone', async () => {
    const token = await tokenWith('identifier_not_kept');
    const { status, json } = await fhir(ehr, 'full', token, 'POST', 'Task', {
      resourceType: 'Task',
      identifier: [PLACER],
      groupIdentifier: PLACER,
      status: 'draft',
      intent: 'order',
      for: { reference: 'Patient/pat-a' },
      focus: { reference: 'ServiceRequest/order-a' },
      owner: { type: 'PractitionerRole', identifier: NPI, display: 'Dr. Example' },
      requester: { type: 'Organization', identifier: PLACER },
      input: [
        { type: { text: 'Referral' }, valueIdentifier: PLACER },
        { type: { text: 'Visits' }, valueInteger: 3 },
      ],
    });
    expect(status).toBe(201);
    expect(JSON.stringify(json)).not.toContain(PLACER.value);
    expect(json).toMatchObject({ owner: { identifier: NPI }, requester: { type: 'Organization' }, input: [{ valueInteger: 3 }] });
  });

  test('a Provenance loses the entity that was nothing but our identifier, and keeps the others', async () => {
    const token = await tokenWith('identifier_not_kept');
    const provenance = {
      resourceType: 'Provenance',
      target: [{ reference: 'ServiceRequest/order-a' }],
      recorded: '2026-11-20T11:30:00Z',
      agent: [{ who: { reference: 'Practitioner/clinician' } }],
      entity: [
        { role: 'derivation', what: { identifier: PLACER } },
        { role: 'source', what: { reference: 'ServiceRequest/order-a', identifier: PLACER } },
      ],
    };
    const { status, json } = await fhir(ehr, 'full', token, 'POST', 'Provenance', provenance);
    expect([status, json['entity']]).toEqual([201, [{ role: 'source', what: { reference: 'ServiceRequest/order-a' } }]]);
    const only = { ...provenance, entity: provenance.entity.slice(0, 1) };
    expect((await fhir(ehr, 'full', token, 'POST', 'Provenance', only)).json['entity']).toBeUndefined();
  });

  test('what refers by an identifier that was stored before keeps it', async () => {
    const token = await tokenWith('identifier_not_kept');
    const stored = await ehr.repository.create<Resource>({
      resourceType: 'ServiceRequest',
      status: 'draft',
      intent: 'order',
      subject: { reference: 'Patient/pat-a' },
      insurance: [{ type: 'Coverage', identifier: { system: 'urn:payer', value: 'M-1' } }],
    });
    const { id } = stored.resource;
    const updated = await fhir(ehr, 'full', token, 'PUT', `ServiceRequest/${id}`, {
      ...stored.resource,
      supportingInfo: [{ identifier: PLACER }],
      identifier: [PLACER],
    });
    expect(updated.json['insurance']).toEqual([{ type: 'Coverage', identifier: { system: 'urn:payer', value: 'M-1' } }]);
    expect([updated.json['supportingInfo'], updated.json['identifier']]).toEqual([undefined, undefined]);
  });
});

describe('content_rewritten', () => {
  const NOTE = 'The note, as it was signed.';
  const filed = {
    ...documentOf('rewritten'),
    date: '2026-11-20T11:30:07.123Z',
    content: [
      {
        attachment: {
          contentType: 'text/plain; charset=utf-8',
          language: 'en',
          data: Buffer.from(NOTE).toString('base64'),
          hash: 'A0mmQO2HrTYlnMqJJ8bEJ8xWAhg=',
          size: NOTE.length,
          title: 'Referral note',
          creation: '2026-11-20T11:30:07.123Z',
        },
      },
    ],
  };

  test('a document is filed with its content in a Binary of the patient, without what described the bytes', async () => {
    const token = await tokenWith('content_rewritten');
    const { status, json } = await fhir(ehr, 'full', token, 'POST', 'DocumentReference', filed);
    expect([status, json['description'], json['date']]).toEqual([201, 'rewritten', '2026-11-20T11:30:07+00:00']);
    const attachment = (json['content'] as { attachment: Record<string, string> }[])[0]?.attachment;
    expect(attachment).toEqual({
      contentType: 'text/plain; charset=utf-8',
      language: 'en',
      creation: '2026-11-20T11:30:07+00:00',
      url: expect.stringMatching(/^Binary\/[0-9a-f-]{36}$/),
    });
    const binary = await fhir(ehr, 'full', token, 'GET', attachment?.['url'] ?? '');
    expect(Buffer.from((binary.json as unknown as Binary).data ?? '', 'base64').toString('utf8')).toBe(NOTE);
    const stranger = await fhir(ehr, 'full', token, 'GET', `Binary/${'0'.repeat(8)}`);
    expect(stranger.status).toBe(404);
    const page = await ehr.app.request(`${EHR}/patients/pat-a/documents/${json.id}`, { headers: { Cookie: await signIn(ehr) } });
    expect(await page.text()).toContain(NOTE);
  });

  test('its Binary is no other patient’s', async () => {
    const token = await tokenWith('content_rewritten');
    const { resource } = await ehr.repository.create<Binary>({
      resourceType: 'Binary',
      contentType: 'text/plain',
      securityContext: { reference: 'Patient/pat-b' },
      data: 'bm90ZQ==',
    });
    expect((await fhir(ehr, 'full', token, 'GET', `Binary/${resource.id}`)).status).toBe(404);
  });

  test('an order comes back in capitals and to the second, with its codes, references and notes as they were', async () => {
    const token = await tokenWith('content_rewritten');
    const sent = {
      resourceType: 'ServiceRequest',
      status: 'draft',
      intent: 'order',
      subject: { reference: 'Patient/pat-a', display: 'Nora Achterberg' },
      authoredOn: '2026-11-20T11:30:07.123-06:00',
      code: {
        coding: [{ system: 'http://snomed.info/sct', code: '308471005', display: 'Referral to cardiologist' }],
        text: 'Referral to cardiology',
      },
      orderDetail: [{ text: 'Evaluate; visits asked for: 3' }],
      note: [{ text: 'Please see within two weeks.' }],
      performer: [{ type: 'PractitionerRole', identifier: NPI, display: 'Dr. Example' }],
      identifier: [PLACER],
    };
    const { status, json } = await fhir(ehr, 'full', token, 'POST', 'ServiceRequest', sent);
    expect(status).toBe(201);
    expect(json).toMatchObject({
      subject: { reference: 'Patient/pat-a', display: 'NORA ACHTERBERG' },
      authoredOn: '2026-11-20T11:30:07-06:00',
      code: {
        coding: [{ system: 'http://snomed.info/sct', code: '308471005', display: 'REFERRAL TO CARDIOLOGIST' }],
        text: 'REFERRAL TO CARDIOLOGY',
      },
      orderDetail: [{ text: 'EVALUATE; VISITS ASKED FOR: 3' }],
      note: [{ text: 'Please see within two weeks.' }],
      performer: [{ type: 'PractitionerRole', identifier: NPI, display: 'DR. EXAMPLE' }],
      identifier: [PLACER],
    });
    const updated = await fhir(ehr, 'full', token, 'PUT', `ServiceRequest/${json.id}`, { ...json, code: sent.code });
    expect(updated.json['code']).toEqual(json['code']);
  });

  test('together with identifier_not_kept nothing of ours is left to recognise it by but what it says', async () => {
    const token = await tokenWith('content_rewritten', 'identifier_not_kept');
    const { json } = await fhir(ehr, 'full', token, 'POST', 'DocumentReference', { ...filed, identifier: [PLACER] });
    expect([json['identifier'], JSON.stringify(json).includes('"data"')]).toEqual([undefined, false]);
  });

  test('a Task has its instants to the second, and its words', async () => {
    const token = await tokenWith('content_rewritten');
    const { json } = await fhir(ehr, 'full', token, 'POST', 'Task', {
      resourceType: 'Task',
      status: 'draft',
      intent: 'order',
      for: { reference: 'Patient/pat-a' },
      authoredOn: '2026-11-20T11:30:07.123Z',
      businessStatus: { text: 'Created, not sent' },
    });
    expect(json).toMatchObject({ authoredOn: '2026-11-20T11:30:07+00:00', businessStatus: { text: 'Created, not sent' } });
  });
});

describe('stale_search', () => {
  /** What was written so far was written that much earlier. */
  const age = async (seconds: number): Promise<void> => {
    for (const table of ['resource', 'version']) {
      await ehr.pool.query(`update ehr.${table} set last_updated = last_updated - make_interval(secs => $1)`, [seconds]);
    }
  };
  const order = { resourceType: 'ServiceRequest', status: 'draft', intent: 'order', subject: { reference: 'Patient/pat-a' } };
  const search = async (token: string, query: string): Promise<Record<string, unknown>[]> => {
    const { status, json } = await fhir(ehr, 'full', token, 'GET', query);
    expect(status).toBe(200);
    return ((json['entry'] ?? []) as { resource: Record<string, unknown> }[]).map(({ resource }) => resource);
  };
  const ids = async (token: string, query: string): Promise<unknown[]> => (await search(token, query)).map(({ id }) => id);

  test('what was made is read at once and found three seconds later', async () => {
    const token = await tokenWith('stale_search');
    const { json } = await fhir(ehr, 'full', token, 'POST', 'ServiceRequest', {
      ...order,
      identifier: [{ system: 'urn:x', value: 'new' }],
    });
    expect((await fhir(ehr, 'full', token, 'GET', `ServiceRequest/${json.id}`)).status).toBe(200);
    for (const query of ['identifier=urn:x|new', 'patient=pat-a', `_id=${json.id}`]) {
      expect(await ids(token, `ServiceRequest?${query}&_count=200`)).not.toContain(json.id);
    }
    expect(await ids(await tokenWith(), 'ServiceRequest?identifier=urn:x|new')).toEqual([json.id]);
    await age(2.5);
    expect(await ids(token, 'ServiceRequest?identifier=urn:x|new')).toEqual([]);
    await age(1);
    expect(await ids(token, 'ServiceRequest?identifier=urn:x|new')).toEqual([json.id]);
  });

  test('what was changed is found as it was before, by what it said before', async () => {
    const token = await tokenWith('stale_search');
    const first = await fhir(ehr, 'full', token, 'POST', 'ServiceRequest', { ...order, identifier: [{ system: 'urn:x', value: 'old' }] });
    await age(4);
    const changed = { ...first.json, status: 'active', identifier: [{ system: 'urn:x', value: 'changed' }] };
    expect((await fhir(ehr, 'full', token, 'PUT', `ServiceRequest/${first.json.id}`, changed)).status).toBe(200);
    expect(await ids(token, 'ServiceRequest?identifier=urn:x|changed')).toEqual([]);
    const [found] = await search(token, 'ServiceRequest?identifier=urn:x|old');
    expect(found).toMatchObject({ status: 'draft', meta: { versionId: '1' } });
    expect((await fhir(ehr, 'full', token, 'GET', `ServiceRequest/${first.json.id}`)).json.meta.versionId).toBe('2');
    await age(4);
    const [later] = await search(token, 'ServiceRequest?identifier=urn:x|changed');
    expect(later).toMatchObject({ status: 'active', meta: { versionId: '2' } });
  });

  test('nothing is disturbed by looking: what others read, write and find is as it was', async () => {
    const [stale, other] = [await tokenWith('stale_search'), await tokenWith()];
    const { json } = await fhir(ehr, 'full', other, 'POST', 'ServiceRequest', {
      ...order,
      identifier: [{ system: 'urn:x', value: 'both' }],
    });
    await Promise.all([1, 2, 3, 4].map(() => search(stale, 'ServiceRequest?patient=pat-a')));
    expect(await ids(other, 'ServiceRequest?identifier=urn:x|both')).toEqual([json.id]);
    const updated = await fhir(
      ehr,
      'full',
      other,
      'PUT',
      `ServiceRequest/${json.id}`,
      { ...json, status: 'active' },
      { 'If-Match': 'W/"1"' },
    );
    expect([updated.status, updated.json.meta.versionId]).toEqual([200, '2']);
  });

  test('a Provenance is found by its target as late as anything, and If-None-Exist sees what there is', async () => {
    const token = await tokenWith('stale_search');
    const condition = { 'If-None-Exist': 'identifier=urn:x|once' };
    const once = { ...order, identifier: [{ system: 'urn:x', value: 'once' }] };
    const made = await fhir(ehr, 'full', token, 'POST', 'ServiceRequest', once, condition);
    expect([made.status, (await fhir(ehr, 'full', token, 'POST', 'ServiceRequest', once, condition)).status]).toEqual([201, 200]);
    const provenance = await fhir(ehr, 'full', token, 'POST', 'Provenance', {
      resourceType: 'Provenance',
      target: [{ reference: `ServiceRequest/${made.json.id}` }],
      recorded: '2026-11-20T11:30:00Z',
      agent: [{ who: { reference: 'Practitioner/clinician' } }],
    });
    const query = `Provenance?target=ServiceRequest/${made.json.id}`;
    expect(await ids(token, query)).toEqual([]);
    await age(4);
    // An order that changes takes its Provenances with it to another index, and back.
    await fhir(ehr, 'full', token, 'PUT', `ServiceRequest/${made.json.id}`, { ...made.json, status: 'active' });
    expect(await ids(token, query)).toEqual([provenance.json.id]);
    // A Provenance that changes was in the chart of its target before, too.
    await ehr.repository.update({ ...provenance.json, recorded: '2026-11-21T11:30:00Z' } as unknown as Provenance & { id: string });
    const [found] = await search(token, query);
    expect(found).toMatchObject({ recorded: '2026-11-20T11:30:00Z' });
  });

  test('what is deleted is found until then', async () => {
    const token = await tokenWith('stale_search');
    const { resource } = await ehr.repository.create<Resource>({ ...order, identifier: [{ system: 'urn:x', value: 'gone' }] } as Resource);
    await age(4);
    await ehr.repository.delete('ServiceRequest', resource.id);
    expect(await ids(token, 'ServiceRequest?identifier=urn:x|gone')).toEqual([resource.id]);
    await age(4);
    expect(await ids(token, 'ServiceRequest?identifier=urn:x|gone')).toEqual([]);
  });
});
