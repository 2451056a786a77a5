import type { BundleEntry } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Answer,
  baseUrl,
  conditionOf,
  orderOf,
  patientOf,
  practitionerOf,
  startTestServer,
  type TestServer,
  taskOf,
} from './test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  await server.load([patientOf('p'), practitionerOf('d'), orderOf('order', 'p')]);
});
afterAll(() => server.close());

const send = (type: string, entry: unknown[]): Promise<Answer> =>
  server.call({ method: 'POST', path: '', body: { resourceType: 'Bundle', type, entry } });
const statuses = ({ json }: Answer): (string | undefined)[] => (json.entry ?? []).map(({ response }) => response?.status);
const totals = async (): Promise<(number | undefined)[]> =>
  Promise.all(
    (['ServiceRequest', 'Task', 'DocumentReference', 'Provenance'] as const).map(
      async (type) => (await server.repository.search(type, '_summary=count')).total,
    ),
  );

const order = '61ebe359-bfdc-4613-8bf2-c5e300945f0a';
const task = '88f151c0-a954-468a-88bd-5ae15c08e059';

/** What approving a referral writes (note, order, task, provenance), the entries in an order no server can execute as it stands. */
const approval = (identifier: string): BundleEntry[] => [
  {
    fullUrl: 'urn:uuid:11111111-1111-4111-8111-111111111111',
    request: { method: 'POST', url: 'Provenance' },
    resource: {
      resourceType: 'Provenance',
      target: [{ reference: `urn:uuid:${order}` }, { reference: `urn:uuid:${task}` }],
      recorded: '2026-11-20T10:00:00Z',
      agent: [{ who: { reference: 'Practitioner/d' } }],
    },
  },
  {
    fullUrl: `urn:uuid:${task}`,
    request: { method: 'POST', url: 'Task' },
    resource: {
      ...taskOf('x', 'p', 'order'),
      focus: { reference: `urn:uuid:${order}` },
      basedOn: [{ reference: `urn:uuid:${order}` }],
    } as never,
  },
  {
    fullUrl: `urn:uuid:${order}`,
    request: { method: 'POST', url: 'ServiceRequest', ifNoneExist: `identifier=https://refloop.example/id|${identifier}` },
    resource: orderOf('x', 'p', { identifier: [{ system: 'https://refloop.example/id', value: identifier }] }),
  },
];

describe('a transaction', () => {
  it('resolves references among its entries in any order', async () => {
    const answer = await send('transaction', approval('one'));
    expect([answer.status, statuses(answer)]).toEqual([200, ['201', '201', '201']]);
    const [provenance, work, placed] = (answer.json.entry ?? []).map(({ resource }) => resource);
    expect(work).toMatchObject({ focus: { reference: `ServiceRequest/${placed?.id}` } });
    expect(provenance).toMatchObject({ target: [{ reference: `ServiceRequest/${placed?.id}` }, { reference: `Task/${work?.id}` }] });
    expect(answer.json.entry?.[2]?.response).toMatchObject({
      location: `${baseUrl}/ServiceRequest/${placed?.id}/_history/1`,
      etag: 'W/"1"',
    });
  });

  it('uses the existing resource where If-None-Exist finds one, and refers to it', async () => {
    const first = await send('transaction', approval('two'));
    const again = await send('transaction', approval('two'));
    expect(statuses(again)).toEqual(['201', '201', '200']);
    const idOf = (answer: Answer): string | undefined => answer.json.entry?.[2]?.resource?.id;
    expect(idOf(again)).toBe(idOf(first));
    expect(again.json.entry?.[1]?.resource).toMatchObject({ focus: { reference: `ServiceRequest/${idOf(first)}` } });
  });

  it.each<[string, number, unknown[], RegExp]>([
    [
      'a bad code in the last entry',
      400,
      [...approval('three'), { request: { method: 'POST', url: 'Task' }, resource: taskOf('x', 'p', 'order', { status: 'zzz' }) }],
      /Bundle\.entry\[3\].*zzz/,
    ],
    [
      'a dangling reference',
      422,
      [...approval('four'), { request: { method: 'POST', url: 'Task' }, resource: taskOf('x', 'p', 'nowhere') }],
      /ServiceRequest\/nowhere/,
    ],
    [
      'a stale version',
      412,
      [...approval('five'), { request: { method: 'PUT', url: 'ServiceRequest/order', ifMatch: 'W/"7"' }, resource: orderOf('order', 'p') }],
      /version 1, not 7/,
    ],
    ['an unknown parameter in a search', 400, [...approval('six'), { request: { method: 'GET', url: 'Task?colour=red' } }], /colour/],
    [
      'the same resource twice',
      400,
      [
        { request: { method: 'PUT', url: 'ServiceRequest/order' }, resource: orderOf('order', 'p') },
        { request: { method: 'DELETE', url: 'ServiceRequest/order' } },
      ],
      /second time/,
    ],
    [
      'an urn that no entry has',
      422,
      [
        {
          request: { method: 'POST', url: 'Task' },
          resource: taskOf('x', 'p', 'order', { owner: { reference: 'urn:uuid:99999999-9999-4999-8999-999999999999' } }),
        },
      ],
      /fullUrl/,
    ],
    [
      'a conditional reference that matches nothing',
      412,
      [
        {
          request: { method: 'POST', url: 'Task' },
          resource: taskOf('x', 'p', 'order', { owner: { reference: 'Organization?name=nobody' } }),
        },
      ],
      /matches none/,
    ],
    ['an entry without a request', 400, [{ resource: patientOf('x') }], /Bundle\.entry\[0\]/],
    [
      'a nested bundle',
      400,
      [{ request: { method: 'POST', url: '' }, resource: { resourceType: 'Bundle', type: 'batch' } }],
      /bundle inside a bundle/,
    ],
  ])('with %s is rolled back as a whole (%i)', async (_name, status, entry, message) => {
    const before = await totals();
    const answer = await send('transaction', entry);
    expect([answer.status, answer.json.resourceType]).toEqual([status, 'OperationOutcome']);
    expect(answer.json.issue?.[0]?.diagnostics).toMatch(message);
    expect(await totals()).toEqual(before);
    expect((await server.repository.read('ServiceRequest', 'order')).meta.versionId).toBe('1');
  });

  it('deletes what refers together with what is referred to, patches and reads', async () => {
    await server.load([orderOf('going', 'p'), taskOf('goes-too', 'p', 'going'), conditionOf('stays', 'p')]);
    const patch = Buffer.from(JSON.stringify([{ op: 'add', path: '/recordedDate', value: '2026-11-20' }])).toString('base64');
    const answer = await send('transaction', [
      { request: { method: 'GET', url: 'Condition?_id=stays' } },
      {
        request: { method: 'PATCH', url: 'Condition/stays' },
        resource: { resourceType: 'Binary', contentType: 'application/json-patch+json', data: patch },
      },
      { request: { method: 'DELETE', url: 'ServiceRequest/going' } },
      { request: { method: 'DELETE', url: `${baseUrl}/Task/goes-too` } },
    ]);
    expect([answer.status, statuses(answer)]).toEqual([200, ['200', '200', '204', '204']]);
    expect(answer.json.entry?.[0]?.resource).toMatchObject({ total: 1, entry: [{ resource: { recordedDate: '2026-11-20' } }] });
  });
});

describe('a batch', () => {
  it('judges each entry alone', async () => {
    const answer = await send('batch', [
      { request: { method: 'GET', url: 'Patient/p' } },
      { request: { method: 'GET', url: 'Patient/none' } },
      { request: { method: 'GET', url: 'Condition?colour=red' } },
      { request: { method: 'POST', url: 'Condition' }, resource: conditionOf('x', 'p') },
      { request: { method: 'POST', url: 'Condition' }, resource: conditionOf('x', 'none') },
      { request: { method: 'FETCH', url: 'Condition' } },
    ]);
    expect([answer.status, statuses(answer)]).toEqual([200, ['200', '404', '400', '201', '422', '400']]);
    expect(answer.json.entry?.[2]?.response?.outcome).toMatchObject({ resourceType: 'OperationOutcome' });
  });
});

it.each([
  ['a Bundle of another type', { resourceType: 'Bundle', type: 'collection', entry: [] }],
  ['no Bundle', { resourceType: 'Patient' }],
  ['too many entries', { resourceType: 'Bundle', type: 'batch', entry: Array.from({ length: 501 }, () => ({})) }],
])('%s is refused', async (_name, body) => {
  const answer = await server.call({ method: 'POST', path: '', body });
  expect([answer.status, answer.json.resourceType]).toEqual([400, 'OperationOutcome']);
});

it('none of this was a fault of the server', () => expect(server.faults).toEqual([]));
