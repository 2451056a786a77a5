/** FHIR Bulk Data as a backend service meets it: kick-off, status, manifest, files, and what is refused. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askAsService, type Backend, fhir, makeBackend, tokensIn } from './test-backend.ts';
import { FHIR_BASE, openTestEhr, type TestEhr, type Tokens } from './test-ehr.ts';

let ehr: TestEhr;
let backend: Backend;
let other: Backend;

beforeAll(async () => {
  [backend, other] = [await makeBackend('ES384', 'backend'), await makeBackend('ES384', 'other')];
  ehr = await openTestEhr(undefined, [backend.client, other.client]);
});
afterAll(() => ehr.close());

async function tokenOf(service: Backend, scope = 'system/*.cruds'): Promise<string> {
  const answer = await askAsService(ehr, service, { scope });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as Tokens).access_token;
}

type Asked = { method?: string; headers?: Record<string, string>; body?: unknown };

async function ask(token: string, url: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Response> {
  return ehr.app.request(url.startsWith('http') ? url : `${FHIR_BASE}/${url}`, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      Prefer: 'respond-async',
      ...(body === undefined ? {} : { 'Content-Type': 'application/fhir+json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

type Manifest = Record<'output' | 'deleted', { type: string; url: string; count: number }[]> & {
  transactionTime: string;
  requiresAccessToken: boolean;
};

async function kickedOff(token: string, url: string, asked: Asked = {}): Promise<string> {
  const answer = await ask(token, url, asked);
  expect(answer.status).toBe(202);
  return answer.headers.get('Content-Location') ?? '';
}

/** Looks as often as the server asks, until there is a manifest. */
async function manifestOf(token: string, status: string): Promise<Manifest> {
  for (let look = 0; look < 20; look += 1) {
    ehr.pass(2);
    const answer = await ask(token, status);
    if (answer.status === 200) return (await answer.json()) as Manifest;
    expect(answer.status).toBe(202);
    expect(answer.headers.get('Retry-After')).toBe('1');
    await new Promise((again) => setTimeout(again, 10));
  }
  throw new Error('The export did not end.');
}

const exported = async (token: string, url: string, asked: Asked = {}): Promise<Manifest> =>
  manifestOf(token, await kickedOff(token, url, asked));

async function linesOf(token: string, { output }: Manifest): Promise<Map<string, { id: string; status?: string }[]>> {
  const files = new Map<string, { id: string; status?: string }[]>();
  for (const { type, url, count } of output) {
    const answer = await ask(token, url);
    expect([answer.status, answer.headers.get('Content-Type')]).toEqual([200, 'application/fhir+ndjson']);
    const lines = (await answer.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; status?: string });
    expect(lines).toHaveLength(count);
    files.set(type, [...(files.get(type) ?? []), ...lines]);
  }
  return files;
}

test('everything that the token may read, in a file for each type', async () => {
  const token = await tokenOf(backend);
  const manifest = await exported(token, '$export');
  expect(manifest.requiresAccessToken).toBe(true);
  const files = await linesOf(token, manifest);
  expect(
    files
      .get('Patient')
      ?.map(({ id }) => id)
      .toSorted(),
  ).toEqual(['pat-a', 'pat-b']);
  expect([...files.keys()]).toEqual(expect.arrayContaining(['Condition', 'Encounter', 'Practitioner', 'ServiceRequest']));
});

test('by POST, of some types, and of patients alone', async () => {
  const token = await tokenOf(backend);
  const body = { resourceType: 'Parameters', parameter: [{ name: '_type', valueString: 'Patient,Practitioner' }] };
  const files = await linesOf(token, await exported(token, '$export', { method: 'POST', body }));
  expect([...files.keys()]).toEqual(['Patient', 'Practitioner']);
  expect([...(await linesOf(token, await exported(token, 'Patient/$export', { method: 'POST', body }))).keys()]).toEqual(['Patient']);
});

test('it holds what stood at its moment; a later one says what changed since and what is gone', async () => {
  const token = await tokenOf(backend);
  const created = await fhir(ehr, 'full', token, 'POST', 'Condition', {
    resourceType: 'Condition',
    code: { text: 'x' },
    subject: { reference: 'Patient/pat-b' },
  });
  ehr.pass(5);
  const status = await kickedOff(token, '$export?_type=ServiceRequest,Condition');
  ehr.pass(5);
  const { json: order } = await fhir(ehr, 'full', token, 'GET', 'ServiceRequest/order-b');
  expect((await fhir(ehr, 'full', token, 'PUT', 'ServiceRequest/order-b', { ...order, status: 'active' })).status).toBe(200);
  expect((await fhir(ehr, 'full', token, 'DELETE', `Condition/${created.json['id']}`)).status).toBe(204);
  const first = await manifestOf(token, status);
  const then = await linesOf(token, first);
  expect(then.get('ServiceRequest')?.find(({ id }) => id === 'order-b')?.status).toBe('draft');
  expect(then.get('Condition')?.map(({ id }) => id)).toContain(created.json['id']);
  expect(first.deleted).toEqual([]);
  const later = await exported(token, `$export?_type=ServiceRequest,Condition&_since=${encodeURIComponent(first.transactionTime)}`);
  expect(
    [...(await linesOf(token, later)).entries()].map(([type, lines]) => [type, lines.map(({ id, status: now }) => [id, now])]),
  ).toEqual([['ServiceRequest', [['order-b', 'active']]]]);
  const deleted = await ask(token, later.deleted[0]?.url ?? '');
  expect(JSON.parse(await deleted.text())).toMatchObject({
    entry: [{ request: { method: 'DELETE', url: `Condition/${created.json['id']}` } }],
  });
});

test.each<[string, string, Asked, number]>([
  ['without Prefer', '$export', { headers: { Prefer: '' } }, 400],
  ['of a type that there is not', '$export?_type=Dragon', {}, 400],
  ['since no time', '$export?_since=yesterday', {}, 400],
  ['with a parameter it does not know', '$export?_typeFilter=Patient', {}, 400],
  ['in another format', '$export?_outputFormat=text/csv', {}, 400],
  ['by PUT', '$export', { method: 'PUT' }, 405],
  ['by POST of something else', '$export', { method: 'POST', body: { resourceType: 'Patient' } }, 400],
  ['of a group, of which there is none', 'Group/1/$export', {}, 404],
])('an export %s is refused', async (_what, url, asked, status) => {
  expect((await ask(await tokenOf(backend), url, asked)).status).toBe(status);
});

test('a token exports the types of its scopes and no other', async () => {
  const token = await tokenOf(backend, 'system/Patient.rs system/Condition.r');
  expect((await exported(token, '$export')).output.map(({ type }) => type)).toEqual(['Patient']);
  expect((await ask(token, '$export?_type=Condition')).status).toBe(403);
  expect((await ehr.app.request(`${FHIR_BASE}/$export`)).status).toBe(401);
});

test('a scope that is narrowed exports nothing of its type, and a person exports nothing at all', async () => {
  const narrowed = 'http://terminology.hl7.org/CodeSystem/condition-category|encounter-diagnosis';
  const token = await tokenOf(backend, `system/Patient.rs system/Condition.rs?category=${narrowed}`);
  expect((await exported(token, '$export')).output.map(({ type }) => type)).toEqual(['Patient']);
  expect((await ask(token, '$export?_type=Condition')).status).toBe(403);
  const { access_token: person } = await tokensIn(ehr, { scope: 'launch openid fhirUser patient/Patient.r user/Practitioner.rs' });
  expect((await ask(person, '$export?_type=Practitioner')).status).toBe(403);
});

test('a job is its client’s alone, is not to be looked at too often, and ends when it is cancelled or old', async () => {
  const [token, stranger] = [await tokenOf(backend), await tokenOf(other)];
  const status = await kickedOff(token, '$export?_type=Patient');
  const early = await ask(token, status);
  expect([early.status, early.headers.get('Retry-After')]).toEqual([429, '1']);
  expect((await ask(stranger, status)).status).toBe(404);
  const manifest = await manifestOf(token, status);
  const file = manifest.output[0]?.url ?? '';
  expect((await ask(stranger, file)).status).toBe(404);
  expect((await ehr.app.request(file)).status).toBe(401);
  expect((await ask(stranger, status, { method: 'DELETE' })).status).toBe(404);
  expect((await ask(token, status, { method: 'DELETE' })).status).toBe(202);
  expect([(await ask(token, status)).status, (await ask(token, file)).status]).toEqual([404, 404]);
  const old = await kickedOff(token, '$export?_type=Patient');
  ehr.pass(3601);
  expect((await ask(await tokenOf(backend), old)).status).toBe(404);
});

test('the capability statement names it in full, and no vendor’s mode has it', async () => {
  const operations = async (base: string): Promise<unknown> =>
    ((await (await ehr.app.request(`${base}/metadata`)).json()) as { rest: { operation?: { name: string }[] }[] }).rest[0]?.operation?.map(
      ({ name }) => name,
    );
  expect([await operations(FHIR_BASE), await operations(FHIR_BASE.replace('/fhir', '/epic-like/fhir'))]).toEqual([['export'], undefined]);
});
