import type { Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { growth } from '../../../tools/growth.ts';
import { conditionOf, orderOf, patientOf, practitionerOf, startTestServer, type TestServer, taskOf } from './test-server.ts';

let server: TestServer;

const observation = (id: string, extra: object): Resource =>
  ({
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '2345-7' }] },
    subject: { reference: 'Patient/zoe' },
    ...extra,
  }) as Resource;

beforeAll(async () => {
  server = await startTestServer();
  await server.load([
    practitionerOf('pract-1'),
    patientOf('zoe', {
      name: [{ family: 'Müller-Lüdenscheidt', given: ['Zoë', 'Ann'], text: 'Zoë Müller' }],
      birthDate: '1980-05-17',
      active: true,
      telecom: [{ system: 'phone', value: '555-0100' }],
      identifier: [{ system: 'urn:oid:1.2.3', value: 'MRN,1' }],
      address: [{ city: 'Springfield', state: 'IL', postalCode: '62701' }],
    }),
    patientOf('yan', {
      name: [{ family: 'Muldoon', given: ['Yan'] }],
      birthDate: '1980-06',
      gender: 'male',
      managingOrganization: { reference: 'Organization/org-1' },
    }),
    patientOf('xia', { name: [{ family: '100%_Real', given: ['Xia'] }], birthDate: '1990', gender: 'male' }),
    { resourceType: 'Organization', id: 'org-1', name: 'Clinic', partOf: { reference: 'Organization/org-2' } },
    { resourceType: 'Organization', id: 'org-2', name: 'Network' },
    observation('glucose-low', {
      valueQuantity: { value: 5.4, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
      effectiveDateTime: '2026-03-01T23:30:00-02:00',
    }),
    observation('glucose-high', {
      valueQuantity: { value: 11, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
      effectivePeriod: { start: '2026-02-01' },
    }),
    observation('comment', {
      valueString: 'see note',
      code: { coding: [{ system: 'http://example.org', code: '2345-7' }], text: 'Comment' },
    }),
    conditionOf('pain', 'zoe', {
      recordedDate: '2026-01-15',
      clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] },
    }),
    conditionOf('old', 'zoe', {
      recordedDate: '2020',
      clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'resolved' }] },
    }),
    conditionOf('bare', 'yan', { code: { text: 'Something' } }),
    orderOf('order-1', 'zoe', { requester: { reference: 'Practitioner/pract-1' }, priority: 'urgent' }),
    orderOf('order-2', 'yan'),
    taskOf('task-1', 'zoe', 'order-1', { status: 'requested' }),
  ]);
});

afterAll(() => server.close());

const idsOf = async (path: string): Promise<string[]> => {
  const { status, json, text } = await server.call({ path });
  expect([status, text.slice(0, 400)]).toEqual([200, expect.any(String)]);
  return (json.entry ?? []).filter(({ search }) => search?.mode === 'match').map(({ resource }) => resource?.id ?? '');
};

describe('a search finds', () => {
  it.each<[path: string, ids: string[]]>([
    // string: beginning of any part, without case and accents
    ['Patient?name=mul', ['zoe', 'yan']],
    ['Patient?name=zoe', ['zoe']],
    ['Patient?family=ludenscheidt', []],
    ['Patient?family:contains=ludenscheidt', ['zoe']],
    ['Patient?family:exact=Muldoon', ['yan']],
    ['Patient?family:exact=muldoon', []],
    ['Patient?name=muldoon,100', ['yan', 'xia']],
    ['Patient?family=100%25_', ['xia']],
    ['Patient?family=1__', []],
    ['Patient?address=spring', ['zoe']],
    ['Patient?address-postalcode=62701', ['zoe']],
    // token
    ['Patient?gender=male', ['yan', 'xia']],
    ['Patient?gender=http://hl7.org/fhir/administrative-gender|male', ['yan', 'xia']],
    ['Patient?gender:not=male', ['zoe']],
    ['Patient?active=true', ['zoe']],
    ['Patient?phone=555-0100', ['zoe']],
    ['Patient?telecom=phone|555-0100', ['zoe']],
    ['Patient?identifier=urn:oid:1.2.3|MRN%5C,1', ['zoe']],
    ['Patient?identifier=urn:oid:1.2.3|', ['zoe']],
    ['Patient?identifier=MRN,1', []],
    ['Observation?code=http://loinc.org|2345-7', ['glucose-low', 'glucose-high']],
    ['Observation?code=2345-7', ['glucose-low', 'glucose-high', 'comment']],
    ['Observation?code=|2345-7', []],
    ['Condition?code:not=29857009', ['bare']],
    ['Condition?clinical-status=active,resolved', ['pain', 'old']],
    // date: ranges at their precision
    ['Patient?birthdate=1980', ['zoe', 'yan']],
    ['Patient?birthdate=1980-05-17', ['zoe']],
    ['Patient?birthdate=1980-06-01', []],
    ['Patient?birthdate=ne1980', ['xia']],
    ['Patient?birthdate=gt1980-06-15', ['yan', 'xia']],
    ['Patient?birthdate=sa1980-06-15', ['xia']],
    ['Patient?birthdate=lt1980-06', ['zoe']],
    ['Patient?birthdate=le1980-06', ['zoe', 'yan']],
    ['Patient?birthdate=eb1990', ['zoe', 'yan']],
    ['Patient?birthdate=1980-05-17,1990', ['zoe', 'xia']],
    ['Patient?birthdate=ge1980-05&birthdate=lt1980-06', ['zoe']],
    // 23:30 two hours west of Greenwich is the next day there; the open period goes on
    ['Observation?date=2026-03-02', ['glucose-low']],
    ['Observation?date=ge2030', ['glucose-high']],
    ['Observation?date=2026-03-01T23:30:00-02:00', ['glucose-low']],
    ['Observation?date=2026-03-02T01:30Z', ['glucose-low']],
    // number and quantity
    ['Observation?value-quantity=5.4', ['glucose-low']],
    ['Observation?value-quantity=5', ['glucose-low']],
    ['Observation?value-quantity=5.0', []],
    ['Observation?value-quantity=gt5.4', ['glucose-high']],
    ['Observation?value-quantity=le11|http://unitsofmeasure.org|mmol/L', ['glucose-low', 'glucose-high']],
    ['Observation?value-quantity=11||mg/dL', []],
    // reference
    ['Condition?patient=zoe', ['pain', 'old']],
    ['Condition?subject=Patient/zoe', ['pain', 'old']],
    ['Condition?subject:Patient=zoe', ['pain', 'old']],
    ['Condition?subject:Group=zoe', []],
    ['Condition?patient=zoe,yan', ['pain', 'old', 'bare']],
    // missing
    ['Condition?recorded-date:missing=true', ['bare']],
    ['Condition?recorded-date:missing=false', ['pain', 'old']],
    ['ServiceRequest?requester:missing=true', ['order-2']],
    // chains in both directions
    ['Condition?patient.name=zoe', ['pain', 'old']],
    ['Condition?subject:Patient.birthdate=1980-05-17', ['pain', 'old']],
    ['Patient?organization.partof.name=network', ['yan']],
    ['Patient?_has:Condition:patient:clinical-status=active', ['zoe']],
    ['Patient?_has:Condition:patient:clinical-status=recurrence', []],
    ['Patient?_has:ServiceRequest:patient:_has:Task:focus:status=requested', ['zoe']],
    ['ServiceRequest?_has:Task:focus:status=requested', ['order-1']],
    // of every resource
    ['Condition?_id=old,bare', ['old', 'bare']],
    ['Condition?_lastUpdated=gt2100', []],
    ['Condition?_lastUpdated=ge2020&_id=old', ['old']],
    // order
    ['Condition?_sort=recorded-date', ['old', 'pain', 'bare']],
    ['Condition?_sort=-recorded-date', ['pain', 'old', 'bare']],
    ['Patient?_sort=gender,-birthdate', ['zoe', 'xia', 'yan']],
    ['Patient?_sort=-_id', ['zoe', 'yan', 'xia']],
  ])('%s → %j', async (path, ids) => {
    const found = await idsOf(path);
    expect(path.includes('_sort') ? found : found.toSorted()).toEqual(path.includes('_sort') ? ids : ids.toSorted());
  });

  it('with what it refers to and what refers to it', async () => {
    const { json } = await server.call({
      path: 'ServiceRequest?_id=order-1&_include=ServiceRequest:patient&_include=ServiceRequest:requester:Practitioner&_revinclude=Task:focus',
    });
    expect(json.total).toBe(1);
    expect(json.entry?.map(({ resource, search }) => `${search?.mode} ${resource?.resourceType}/${resource?.id}`)).toEqual([
      'match ServiceRequest/order-1',
      'include Patient/zoe',
      'include Practitioner/pract-1',
      'include Task/task-1',
    ]);
  });

  it('the same by POST, the number alone, and the elements asked for', async () => {
    const form = {
      method: 'POST',
      path: 'Condition/_search',
      body: 'patient=zoe&_sort=recorded-date',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    };
    expect((await server.call(form)).json.entry?.map(({ resource }) => resource?.id)).toEqual(['old', 'pain']);
    const counted = await server.call({ path: 'Condition?patient=zoe&_summary=count' });
    expect([counted.json.total, counted.json.entry]).toEqual([2, undefined]);
    const brief = await server.call({ path: 'Condition?_id=pain&_elements=code' });
    expect(brief.json.entry?.[0]?.resource).toMatchObject({ id: 'pain', code: {}, subject: {}, meta: { tag: [{ code: 'SUBSETTED' }] } });
    expect(brief.json.entry?.[0]?.resource).not.toHaveProperty('recordedDate');
    expect((await server.call({ path: 'Condition?_total=none' })).json.total).toBeUndefined();
  });
});

describe('a search refuses, naming the parameter,', () => {
  it.each([
    'Condition?colour=red',
    'Condition?patient:exact=zoe',
    'Condition?code:below=1',
    'Condition?code:text=pain',
    'Condition?recorded-date=ap2026',
    'Condition?recorded-date=yesterday',
    'Condition?recorded-date=2026-02-30',
    'Condition?recorded-date:missing=maybe',
    'Condition?patient=Practitioner/pract-1',
    'Condition?patient=a b',
    'Condition?patient=',
    'Condition?subject.name=zoe',
    'Condition?code.text=x',
    'Condition?patient.colour=red',
    'Patient?_has:Condition:patient=x',
    'Patient?_has:Condition:colour:code=x',
    'Patient?organization.partof.partof.partof.name=x',
    'Patient?_text=zoe',
    'Patient?_filter=name eq zoe',
    'Observation?code-value-quantity=2345-7$5',
    'Observation?value-quantity=five',
    'Condition?_sort=colour',
    'Condition?_count=-1',
    'Condition?_cursor=abc',
    'Condition?_include=Condition:code',
    'Condition?_include=*',
    'Condition?_include=Task:focus',
    'Condition?_include:iterate=Condition:subject',
    'Condition?_summary=true',
    'Condition?_format=xml',
  ])('%s', async (path) => {
    const { status, json } = await server.call({ path });
    expect(status).toBe(400);
    const name = decodeURIComponent(path.slice(path.indexOf('?') + 1, path.indexOf('=')));
    expect(json.issue?.[0]?.diagnostics).toContain(`"${name}"`);
  });
});

it('pages through all of it once, while resources are added', async () => {
  await server.load([
    patientOf('paged'),
    ...Array.from({ length: 25 }, (_, index) =>
      conditionOf(`page-${index}`, 'paged', index % 3 === 0 ? {} : { recordedDate: `2026-01-${10 + (index % 4)}` }),
    ),
  ]);
  for (const order of ['', '&_sort=recorded-date', '&_sort=-recorded-date,code']) {
    const seen: string[] = [];
    let path: string | undefined = `Condition?patient=paged&_count=7${order}`;
    const first = await server.call({ path });
    expect(first.json.total).toBeGreaterThanOrEqual(25);
    while (path !== undefined) {
      const { json } = await server.call({ path });
      seen.push(...(json.entry ?? []).map(({ resource }) => resource?.id ?? ''));
      path = json.link?.find(({ relation }) => relation === 'next')?.url.replace(/^.*\/fhir\//, '');
      // This one sorts before all that are still to come.
      await server.repository.create(conditionOf('x', 'paged', { recordedDate: order.includes('-rec') ? '2030' : '2000' }));
    }
    const pages = seen.filter((id) => id.startsWith('page-'));
    expect([pages.length, new Set(pages).size]).toEqual([25, 25]);
  }
});

it('a patient with eight times as many resources takes at most eight times as long to search', async () => {
  for (const size of [375, 3000]) {
    await server.load([
      patientOf(`of-${size}`),
      ...Array.from({ length: size }, (_, index) =>
        observation(`of-${size}-${index}`, {
          subject: { reference: `Patient/of-${size}` },
          effectiveDateTime: `20${10 + (index % 16)}-03-01`,
          valueQuantity: { value: index },
        }),
      ),
    ]);
  }
  const search = async (size: number) => {
    const { json } = await server.call({ path: `Observation?patient=of-${size}&code=http://loinc.org|2345-7&_sort=-date&_count=100` });
    expect(json.total).toBe(size);
  };
  expect(await growth(375, 3000, search)).toBeLessThan(3);
});

it('none of this was a fault of the server', () => expect(server.faults).toEqual([]));
