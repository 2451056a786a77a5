/**
 * Thousands of random requests under tokens bound to pat-a, sent to two servers: one holds four patients, the other pat-a alone. Whatever is asked,
 * both must answer the same, so nothing in an answer (status, body, count, error text) can depend on what lies outside the compartment;
 * and at the end nothing outside it has changed or been added.
 */
import type { Resource } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type Answer,
  type Call,
  conditionOf,
  orderOf,
  patientOf,
  practitionerOf,
  startTestServer,
  type TestServer,
  taskOf,
} from './test-server.ts';

/** Of npm test; REFLOOP_COMPARTMENT_REQUESTS asks for more. */
const runs = Number(process.env['REFLOOP_COMPARTMENT_REQUESTS'] ?? 1500);
const own = 'pat-a';
const others = ['pat-b', 'pat-c', 'pat-d'];

let crowded: TestServer;
let lonely: TestServer;

/** What pat-a and each of the others has: the same kinds, each text marked with whose it is. */
function chartOf(patient: string): Resource[] {
  const subject = { reference: `Patient/${patient}` };
  const note = `secret of ${patient}`;
  return [
    patientOf(patient, { name: [{ family: note }], generalPractitioner: [{ reference: 'Practitioner/pract-1' }] }),
    conditionOf(`condition-${patient}`, patient, {
      code: { text: note, coding: [{ system: 'http://snomed.info/sct', code: '29857009' }] },
    }),
    orderOf(`servicerequest-${patient}`, patient, { requester: { reference: 'Practitioner/pract-1' }, note: [{ text: note }] }),
    taskOf(`task-${patient}`, patient, `servicerequest-${patient}`, { description: note }),
    {
      resourceType: 'Observation',
      id: `observation-${patient}`,
      status: 'final',
      code: { text: note },
      subject,
      valueQuantity: { value: 5 },
    },
    {
      resourceType: 'Provenance',
      id: `provenance-${patient}`,
      target: [{ reference: `ServiceRequest/servicerequest-${patient}` }],
      recorded: '2026-11-20T10:00:00Z',
      agent: [{ who: { reference: 'Practitioner/pract-1', display: note } }],
    },
    { resourceType: 'Coverage', id: `coverage-${patient}`, status: 'active', beneficiary: subject, payor: [subject], subscriberId: note },
    { resourceType: 'Communication', id: `communication-${patient}`, status: 'completed', subject, payload: [{ contentString: note }] },
  ];
}

const types = ['Patient', 'Condition', 'ServiceRequest', 'Task', 'Observation', 'Provenance', 'Coverage', 'Communication', 'Practitioner'];

beforeAll(async () => {
  [crowded, lonely] = await Promise.all([startTestServer(), startTestServer()]);
  await crowded.load([practitionerOf('pract-1'), ...[own, ...others].flatMap(chartOf)]);
  await lonely.load([practitionerOf('pract-1'), ...chartOf(own)]);
});

afterAll(() => Promise.all([crowded.close(), lonely.close()]));

// What a request may name: pat-a's, somebody else's, and what exists nowhere.
const patients = fc.constantFrom(own, own, ...others, 'pat-nowhere');
const type = fc.constantFrom(...types);
const name = fc.tuple(type, patients).map(([resourceType, patient]) => ({
  resourceType,
  id: resourceType === 'Patient' ? patient : resourceType === 'Practitioner' ? 'pract-1' : `${resourceType.toLowerCase()}-${patient}`,
  patient,
}));
const reference = name.map(({ resourceType, id }) => `${resourceType}/${id}`);

const parameter: fc.Arbitrary<[string, string]> = fc.oneof(
  fc.tuple(fc.constantFrom('patient', 'subject', 'subject:Patient', '_id'), patients),
  reference.map((value): [string, string] => ['subject', value]),
  fc.constantFrom<[string, string][]>(
    ['_include', 'ServiceRequest:patient'],
    ['_include', 'Task:focus'],
    ['_include', 'Provenance:target'],
    ['_revinclude', 'Task:focus'],
    ['_revinclude', 'Provenance:target'],
    ['_revinclude', 'Condition:subject'],
    ['_revinclude', 'ServiceRequest:requester'],
    ['_revinclude', 'Patient:general-practitioner'],
    ['subject:Patient.name', 'secret'],
    ['patient.name', 'secret of pat-b'],
    ['patient.general-practitioner:Practitioner.name', 'lin'],
    ['requester:Practitioner._has:ServiceRequest:requester:status', 'draft'],
    ['_has:Condition:patient:code', '29857009'],
    ['_has:ServiceRequest:requester:patient', 'pat-b'],
    ['_has:Task:focus:status', 'draft'],
    ['_has:Patient:general-practitioner:name', 'secret of pat-c'],
    ['name', 'secret'],
    ['name:contains', 'pat-b'],
    ['code:not', '1'],
    ['status:missing', 'true'],
    ['subject:missing', 'false'],
    ['_lastUpdated', 'gt2020'],
    ['_sort', '-status'],
    ['_sort', 'patient,-_tag'],
    ['_count', '1'],
    ['_count', '3'],
    ['_summary', 'count'],
    ['_total', 'none'],
    ['_elements', 'id,name'],
    ['_what', 'x'],
  ),
);
const query = fc.array(parameter, { maxLength: 3 }).map((pairs) => new URLSearchParams(pairs).toString());

/** Ways around that only a particular question takes. */
const detour = fc.constantFrom(
  'Practitioner?_revinclude=ServiceRequest:requester',
  'Practitioner?_revinclude=Patient:general-practitioner&_revinclude=Provenance:agent',
  'Practitioner?_has:ServiceRequest:requester:patient=pat-b',
  'Practitioner?_has:Patient:general-practitioner:name=secret of pat-c',
  'Practitioner?_has:Provenance:agent:target=ServiceRequest/servicerequest-pat-b',
  'ServiceRequest?requester:Practitioner._has:ServiceRequest:requester:patient=pat-d',
  'Patient?general-practitioner:Practitioner._has:Patient:general-practitioner:name=secret of pat-b',
  'Condition?subject:Patient.name=secret&_summary=count',
  'Patient?_sort=name&_count=1',
);

const resource = fc.tuple(name, patients, reference).map(([{ resourceType, id }, patient, mention]): Resource & { id: string } => {
  const extra = mention.startsWith('Patient/') ? {} : { supportingInfo: [{ reference: mention }] };
  switch (resourceType) {
    case 'ServiceRequest':
      return orderOf(id, patient, extra) as Resource & { id: string };
    case 'Task':
      return taskOf(id, patient, `servicerequest-${patient}`) as Resource & { id: string };
    case 'Provenance':
      return {
        resourceType: 'Provenance',
        id,
        target: [{ reference: mention }],
        recorded: '2026-11-20T10:00:00Z',
        agent: [{ who: { reference: 'Practitioner/pract-1' } }],
      };
    case 'Patient':
      return patientOf(id, { link: [{ type: 'seealso', other: { reference: `Patient/${patient}` } }] }) as Resource & { id: string };
    case 'Communication':
      return {
        resourceType: 'Communication',
        id,
        status: 'completed',
        subject: { reference: `Patient/${patient}` },
        about: [{ reference: mention }],
      };
    case 'Practitioner':
      return practitionerOf(id) as Resource & { id: string };
    default:
      return conditionOf(id, patient) as Resource & { id: string };
  }
});

const patch = fc.oneof(
  reference.map((to) => [{ op: 'replace', path: '/subject/reference', value: to }]),
  patients.map((patient) => [{ op: 'replace', path: '/for/reference', value: `Patient/${patient}` }]),
  fc.constant([{ op: 'add', path: '/language', value: 'en' }]),
  fc.constant([{ op: 'test', path: '/note/0/text', value: 'secret of pat-b' }]),
);

type Request = Omit<Call, 'scopes' | 'patient'> & { method: string };

const single: fc.Arbitrary<Request> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(name, fc.constantFrom('', '/_history', '/_history/1', '/_history/2'))
      .map(([{ resourceType, id }, tail]) => ({ method: 'GET', path: `${resourceType}/${id}${tail}` })),
  },
  { weight: 5, arbitrary: fc.tuple(type, query).map(([resourceType, text]) => ({ method: 'GET', path: `${resourceType}?${text}` })) },
  {
    weight: 3,
    arbitrary: fc.tuple(resource, fc.option(patients)).map(([body, condition]) => ({
      method: 'POST',
      path: body.resourceType,
      body,
      headers: condition === null ? {} : { 'If-None-Exist': `_id=${body.id}&patient=${condition}` },
    })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(resource, fc.constantFrom(undefined, 'W/"1"', 'W/"2"')).map(([body, version]) => ({
      method: 'PUT',
      path: `${body.resourceType}/${body.id}`,
      body,
      headers: version === undefined ? {} : { 'If-Match': version },
    })),
  },
  { weight: 1, arbitrary: detour.map((path) => ({ method: 'GET', path })) },
  {
    weight: 2,
    arbitrary: fc.tuple(name, patch).map(([{ resourceType, id }, body]) => ({ method: 'PATCH', path: `${resourceType}/${id}`, body })),
  },
  { weight: 1, arbitrary: name.map(({ resourceType, id }) => ({ method: 'DELETE', path: `${resourceType}/${id}` })) },
  {
    weight: 1,
    arbitrary: fc.tuple(type, query).map(([resourceType, text]) => ({
      method: 'POST',
      path: `${resourceType}/_search`,
      body: text,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    })),
  },
);

const bundle: fc.Arbitrary<Request> = fc
  .tuple(fc.constantFrom('batch', 'transaction'), fc.array(single, { minLength: 1, maxLength: 3 }))
  .map(([kind, requests]) => ({
    method: 'POST',
    path: '',
    body: {
      resourceType: 'Bundle',
      type: kind,
      entry: requests
        .filter(({ path }) => !path.endsWith('_search'))
        .map(({ method, path, body, headers }) => ({
          request: { method, url: path, ifMatch: headers?.['If-Match'], ifNoneExist: headers?.['If-None-Exist'] },
          ...(body === undefined
            ? {}
            : {
                resource:
                  method === 'PATCH' ? { resourceType: 'Binary', data: Buffer.from(JSON.stringify(body)).toString('base64') } : body,
              }),
        })),
    },
  }));

const scopes = fc.constantFrom(
  'patient/*.cruds',
  'patient/*.cruds',
  'patient/*.cruds user/Practitioner.rs',
  'patient/*.rs patient/ServiceRequest.cruds patient/Task.crus patient/Provenance.cs',
  'patient/*.cu',
  'patient/*.s',
  'patient/Condition.cruds?code=29857009 patient/ServiceRequest.rs',
  'patient/*.read patient/*.write',
);

/** What rightly differs between two servers: ids and times they chose, and the position a cursor stands for. */
function comparable({ status, text }: Answer): string {
  return `${status} ${text}`
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'uuid')
    .replace(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z/g, 'now')
    .replace(/_cursor=[\w-]+/g, '_cursor');
}

type State = { name: string; version: number; content: string; patients: string[] }[];

async function outsideOf(server: TestServer): Promise<State> {
  const { rows } = await server.pool.query<State[number]>(
    `select r.resource_type || '/' || r.id as name, r.version, r.content,
       array(select c.patient from ehr.compartment c where c.key = r.key order by 1) as patients
     from ehr.resource r order by r.key`,
  );
  return rows.filter(({ patients: whose }) => whose.length !== 1 || whose[0] !== own);
}

it(`${runs} requests bound to one patient neither see nor change anything outside the compartment`, async () => {
  const before = await outsideOf(crowded);
  expect(before.length).toBe(1 + others.length * 8);
  const counts = { succeeded: 0, changed: 0, foreign: 0 };
  await fc.assert(
    fc.asyncProperty(scopes, fc.oneof({ weight: 6, arbitrary: single }, { weight: 1, arbitrary: bundle }), async (granted, request) => {
      const call: Call = { ...request, scopes: granted, patient: own };
      const [withOthers, alone] = await Promise.all([crowded.call(call), lonely.call(call)]);
      expect(comparable(withOthers)).toBe(comparable(alone));
      const asked = JSON.stringify(request);
      for (const other of others) if (!asked.includes(`secret of ${other}`)) expect(withOthers.text).not.toContain(`secret of ${other}`);
      if (withOthers.status < 300) counts.succeeded += 1;
      if (withOthers.status < 300 && request.method !== 'GET') counts.changed += 1;
      if (others.some((other) => asked.includes(other))) counts.foreign += 1;
    }),
    { numRuns: runs, seed: 20261120 },
  );
  // The requests were worth asking: many succeeded, many changed something, many named another patient.
  expect(counts.succeeded).toBeGreaterThan(runs / 5);
  expect(counts.changed).toBeGreaterThan(runs / 50);
  expect(counts.foreign).toBeGreaterThan(runs / 4);
  expect(await outsideOf(crowded)).toEqual(before);
  expect([...crowded.faults, ...lonely.faults]).toEqual([]);
});
