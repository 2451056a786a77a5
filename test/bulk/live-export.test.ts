/**
 * Refloop's Bulk client against the sandbox EHR's Bulk server, both whole: sign-in with a signed assertion, kick-off, status, files; what
 * breaks off, what changes, and what is refused.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceRequest } from '@medplum/fhirtypes';
import { importExports } from '@refloop/analytics/fhir/import-exports';
import type { RegisteredClient } from '@refloop/launch/auth/clients';
import { EXPORT_SCOPES } from '@refloop/launch/auth/clients';
import { FHIR_BASE, openTestEhr, type TestEhr } from '@refloop/launch/routes/test-ehr';
import { bulkHosts } from '@refloop/server/bulk/bulk-hosts';
import { type BulkDeps, BulkExportFailed, BulkExportGone } from '@refloop/server/bulk/bulk-request';
import { type BulkQuestion, fetchExport } from '@refloop/server/bulk/fetch-export';
import { publicJwk, readSystemKey, type SystemKey } from '@refloop/server/ehr/system-key';
import { createSystemTokens } from '@refloop/server/ehr/system-token';
import { createDiscovery } from '@refloop/server/sessions/discovery';
import type { Site } from '@refloop/server/sites';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

/** Where the site lets files lie, besides the EHR. */
const FILES = 'https://files.example.org';
const TYPES = ['Appointment', 'Encounter', 'Patient', 'Practitioner', 'ServiceRequest'];

let ehr: TestEhr;
let key: SystemKey;
let folder: string;

function makeKey(): SystemKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const read = readSystemKey('env:KEY', { KEY: JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'bulk' }) });
  if (!read.ok) throw new Error(read.message);
  return read.value;
}

beforeAll(async () => {
  key = makeKey();
  const client: RegisteredClient = {
    clientId: 'bulk',
    name: 'Bulk',
    authentication: { kind: 'asymmetric', keys: { kind: 'inline', keys: [publicJwk(key)] } },
    redirectUris: [],
    scopes: EXPORT_SCOPES,
  };
  ehr = await openTestEhr(undefined, [client]);
});
afterAll(() => ehr.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'refloop-bulk-'));
  return () => rm(folder, { recursive: true, force: true });
});

type Asked = { method: string; url: string; status: number };
/** Of what lies outside the EHR. */
type AskedElsewhere = { url: string; authorization: string | null };

/** What stands between the two: it notes what was asked, and may answer in the EHR's place. */
function between(instead: (url: string, method: string) => Response | undefined = () => undefined) {
  const asked: Asked[] = [];
  const elsewhere: AskedElsewhere[] = [];
  const pauses: number[] = [];
  const site: Site = {
    tenant: 'north',
    name: 'North',
    iss: FHIR_BASE,
    clientId: 'bulk',
    scopes: '',
    issuer: undefined,
    jwks: undefined,
    embed: [],
    admins: [],
    system: { clientId: 'bulk', key, scopes: EXPORT_SCOPES, completes: false, tracks: false },
  };
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const method = init.method ?? 'GET';
    const answer = instead(url, method) ?? (await ehr.app.request(url, init));
    if (url.startsWith(`${FHIR_BASE}/`) && !url.includes('.well-known'))
      asked.push({ method, url: url.slice(FHIR_BASE.length), status: answer.status });
    if (new URL(url).origin !== new URL(FHIR_BASE).origin)
      elsewhere.push({ url, authorization: new Headers(init.headers).get('authorization') });
    return answer;
  };
  const now = () => ehr.now();
  const open = () => createSystemTokens({ fetch, now, discovery: createDiscovery({ fetch, now, sites: [site], production: false }) });
  let tokens = open();
  const deps: BulkDeps = {
    fetch,
    now,
    token: async (fresh) => {
      if (fresh) tokens = open();
      const token = await tokens(site);
      if (!token.ok) throw new Error(token.why);
      return token.value.accessToken;
    },
    pause: async (milliseconds) => {
      pauses.push(milliseconds);
      ehr.pass(Math.ceil(milliseconds / 1000));
    },
    hosts: bulkHosts(FHIR_BASE, [FILES]),
  };
  const question = (more: Partial<BulkQuestion> = {}): BulkQuestion => ({
    base: FHIR_BASE,
    group: null,
    types: TYPES,
    since: 'last',
    exports: join(folder, 'exports'),
    ...more,
  });
  const filesAsked = (): string[] => asked.filter(({ url }) => url.endsWith('.ndjson')).map(({ url }) => url);
  return { deps, asked, elsewhere, pauses, question, filesAsked };
}

const linesIn = async (exported: string, type: string): Promise<Record<string, unknown>[]> => {
  const name = (await readdir(exported)).find((file) => file.startsWith(`${type}.`)) ?? '';
  return (await readFile(join(exported, name), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
};

test('everything is asked for, waited for as the EHR says, and fetched; the EHR is told that it is here', async () => {
  const { deps, asked, pauses, question } = between();
  const { folders, transactionTime } = await fetchExport(deps, question());
  expect(folders).toHaveLength(1);
  expect((await linesIn(folders[0] ?? '', 'Patient')).map(({ id }) => String(id)).toSorted()).toEqual(['pat-a', 'pat-b']);
  expect(Date.parse(transactionTime)).toBeLessThanOrEqual(ehr.now().getTime());
  expect(asked[0]).toMatchObject({ method: 'GET', status: 202 });
  expect(asked.at(-1)).toMatchObject({ method: 'DELETE', status: 202 });
  // The first look is too soon for the sandbox, and waits as it is told.
  expect(asked.filter(({ status }) => status === 429)).toHaveLength(1);
  expect(pauses.every((milliseconds) => milliseconds >= 1000 && milliseconds <= 1100)).toBe(true);
});

test('the next one asks for what changed since, the import takes both, and what was deleted is gone', async () => {
  const { deps, asked, question } = between();
  await fetchExport(deps, question());
  ehr.pass(10);
  await ehr.repository.create({
    resourceType: 'Appointment',
    status: 'fulfilled',
    basedOn: [{ reference: 'ServiceRequest/order-a' }],
    start: '2026-11-20T10:00:00Z',
    end: '2026-11-20T10:30:00Z',
    created: '2026-11-03',
    participant: [{ actor: { reference: 'Patient/pat-a' }, status: 'accepted' }],
  });
  const order = await ehr.repository.read<ServiceRequest>('ServiceRequest', 'order-a');
  await ehr.repository.update({ ...order, status: 'active' });
  ehr.pass(10);
  const { folders, transactionTime } = await fetchExport(deps, question());
  expect(asked.filter(({ url }) => url.includes('_since'))).toHaveLength(1);
  expect(folders).toHaveLength(2);
  expect((await linesIn(folders[1] ?? '', 'ServiceRequest')).map(({ id }) => id)).toEqual(['order-a']);
  const importAll = async (sources: string[], now: string) =>
    (
      await importExports({
        sources,
        warehouse: join(folder, 'warehouse'),
        scope: { tenant: 'north', issuer: FHIR_BASE, site: 'North' },
        views: null,
        keepPairs: false,
        pseudonymKey: Buffer.alloc(32, 1),
        now: new Date(Date.parse(now) + 365 * 86_400_000).toISOString(),
        reidentify: async () => undefined,
      })
    ).report.referrals;
  expect(await importAll(folders, transactionTime)).toMatchObject({ referrals: 1, events: { 'referral-approved': 1, 'patient-seen': 1 } });
  const [appointment] = (await ehr.repository.search('Appointment', '')).matches;
  await ehr.repository.delete('Appointment', appointment?.id ?? '');
  ehr.pass(10);
  const third = await fetchExport(deps, question());
  expect(third.folders).toHaveLength(3);
  const { events } = await importAll(third.folders, third.transactionTime);
  expect(events['patient-seen']).toBeUndefined();
  const all = await fetchExport(deps, question({ since: 'all' }));
  expect(all.folders).toHaveLength(1);
  expect(await readdir(join(folder, 'exports'))).toHaveLength(1);
});

test('what broke off goes on: no second kick-off, and no file that is here whole is fetched again', async () => {
  let fetched = 0;
  const broken = between((url) => {
    if (!url.endsWith('.ndjson')) return undefined;
    fetched += 1;
    return fetched > 2 ? new Response('', { status: 418 }) : undefined;
  });
  await expect(fetchExport(broken.deps, broken.question())).rejects.toThrow('cannot be fetched: the EHR answered 418');
  const before = broken.filesAsked();
  // The second of them is cut off behind Refloop's back.
  const exported = join(folder, 'exports', '000001');
  const state = JSON.parse(await readFile(join(exported, 'state.json'), 'utf8')) as { files: Record<string, { name: string }> };
  await truncate(join(exported, state.files[`${FHIR_BASE}${before[1]}`]?.name ?? ''), 5);
  const again = between();
  await fetchExport(again.deps, again.question());
  expect(again.asked.filter(({ url }) => url.includes('$export'))).toEqual([]);
  expect(again.filesAsked()).not.toContain(before[0]);
  expect(again.filesAsked()).toEqual(expect.arrayContaining(before.slice(1)));
});

test('an export of changes that broke off is not gone on with where everything is asked for', async () => {
  const first = between();
  await fetchExport(first.deps, first.question());
  ehr.pass(10);
  const order = await ehr.repository.read<ServiceRequest>('ServiceRequest', 'order-a');
  await ehr.repository.update({ ...order, patientInstruction: `Bring your list of medicines, ${ehr.now().toISOString()}` });
  ehr.pass(10);
  const broken = between((url) => (url.endsWith('.ndjson') ? new Response('', { status: 418 }) : undefined));
  await expect(fetchExport(broken.deps, broken.question())).rejects.toThrow(BulkExportFailed);
  expect(broken.asked[0]?.url).toContain('_since');
  const all = between();
  const { folders } = await fetchExport(all.deps, all.question({ since: 'all' }));
  const kickOffs = all.asked.filter(({ url }) => url.includes('$export'));
  expect(kickOffs).toHaveLength(1);
  expect(kickOffs[0]?.url).not.toContain('_since');
  expect(folders).toHaveLength(1);
});

test('an export of changes from a later day leaves a gap, which the next one closes', async () => {
  const { deps, asked, question } = between();
  const sinceOf = (): string | null =>
    new URL(asked.findLast(({ url }) => url.includes('$export'))?.url ?? '', FHIR_BASE).searchParams.get('_since');
  const { transactionTime } = await fetchExport(deps, question());
  ehr.pass(100);
  const later = ehr.now().toISOString();
  ehr.pass(100);
  await fetchExport(deps, question({ since: later }));
  expect(sinceOf()).toBe(later);
  ehr.pass(100);
  const third = await fetchExport(deps, question());
  expect(sinceOf()).toBe(transactionTime);
  ehr.pass(100);
  await fetchExport(deps, question());
  expect(sinceOf()).toBe(third.transactionTime);
});

test('an export that the EHR has forgotten is asked for anew', async () => {
  const broken = between((url) => (url.endsWith('.ndjson') ? new Response('', { status: 418 }) : undefined));
  await expect(fetchExport(broken.deps, broken.question())).rejects.toThrow(BulkExportFailed);
  ehr.pass(3700);
  const again = between();
  expect((await fetchExport(again.deps, again.question())).folders).toHaveLength(1);
  expect(again.asked.filter(({ url }) => url.includes('$export'))).toHaveLength(1);
});

test('an EHR that takes a kick-off by POST alone is asked by POST', async () => {
  const { deps, asked, question } = between((url, method) =>
    url.includes('$export') && method === 'GET' ? new Response('', { status: 405 }) : undefined,
  );
  await fetchExport(deps, question());
  expect(asked.slice(0, 2).map(({ method, status }) => [method, status])).toEqual([
    ['GET', 405],
    ['POST', 202],
  ]);
});

test('a busy EHR is waited for ever longer, and one that stays busy ends the run with what to do', async () => {
  let busy = 0;
  const { deps, pauses, question } = between((url) => {
    if (!url.endsWith('.ndjson') || busy >= 3) return undefined;
    busy += 1;
    return new Response('', { status: 503 });
  });
  await fetchExport(deps, question());
  const backedOff = pauses.filter((milliseconds) => milliseconds !== 1000 && milliseconds !== 1100);
  expect(backedOff).toHaveLength(3);
  expect([...backedOff].toSorted((a, b) => a - b)).toEqual(backedOff);
  const always = between((url) =>
    url.includes('/bulk/') ? new Response('', { status: 503, headers: { 'retry-after': '7' } }) : undefined,
  );
  await expect(fetchExport(always.deps, always.question({ since: 'all' }))).rejects.toThrow(
    'Run the import again later; it goes on from here.',
  );
  expect(always.pauses).toEqual([7000, 7000, 7000, 7000, 7000, 7000]);
});

test('a token that the EHR refuses is replaced once', async () => {
  let refused = 0;
  const { deps, question } = between((url) => {
    if (!url.endsWith('.ndjson') || refused > 0) return undefined;
    refused += 1;
    return new Response('', { status: 401 });
  });
  expect((await fetchExport(deps, question())).folders).toHaveLength(1);
  expect(refused).toBe(1);
});

/** @param requires null leaves out what the manifest has to say */
const manifest = (file: string, count = 1, requires: boolean | null = true): Response =>
  Response.json({
    transactionTime: '2026-11-28T00:00:00Z',
    ...(requires === null ? {} : { requiresAccessToken: requires }),
    output: [{ type: 'Patient', url: file, count }],
  });

const patientLine = (): Response => new Response('{"resourceType":"Patient","id":"far"}\n');

test.each<[string, string, boolean | null, boolean]>([
  ['on an allowed host, with the token where the manifest asks for it', `${FILES}/a/Patient.ndjson?sig=1`, true, true],
  ['on an allowed host, without it where the manifest asks for none', `${FILES}/a/Patient.ndjson?sig=1`, false, false],
  ['on an allowed host, without it where the manifest does not say', `${FILES}/a/Patient.ndjson?sig=1`, null, false],
])('a file %s', async (_where, file, requires, withToken) => {
  const { deps, elsewhere, question } = between((url) =>
    url === file ? patientLine() : url.includes('/bulk/') ? manifest(file, 1, requires) : undefined,
  );
  const { folders } = await fetchExport(deps, question());
  expect(await linesIn(folders[0] ?? '', 'Patient')).toMatchObject([{ id: 'far' }]);
  expect(elsewhere.map(({ url, authorization }) => [url, authorization?.startsWith('Bearer ') ?? false])).toEqual([[file, withToken]]);
});

test('files of the EHR itself are fetched without the token too where the manifest asks for none', async () => {
  const file = `${FHIR_BASE}/bulk/x.ndjson`;
  let authorization: string | null = 'never asked';
  const { deps, question } = between((url) =>
    url === file ? patientLine() : url.includes('/bulk/') ? manifest(file, 1, false) : undefined,
  );
  const { fetch } = deps;
  const noting: BulkDeps = {
    ...deps,
    fetch: (url, init) => {
      if (url === file) authorization = new Headers(init.headers).get('authorization');
      return fetch(url, init);
    },
  };
  await fetchExport(noting, question());
  expect(authorization).toBeNull();
});

test('a signed address that has lapsed is asked for anew, once, and never answered with the token', async () => {
  let kickOffs = 0;
  const { deps, elsewhere, question } = between((url) => {
    if (url.includes('$export')) kickOffs += 1;
    if (url.startsWith(FILES)) return kickOffs > 1 ? patientLine() : new Response('', { status: 403 });
    return url.includes('/bulk/') ? manifest(`${FILES}/Patient.ndjson?sig=${kickOffs}`, 1, false) : undefined;
  });
  await fetchExport(deps, question());
  expect(elsewhere).toEqual([1, 2].map((sig) => ({ url: `${FILES}/Patient.ndjson?sig=${sig}`, authorization: null })));
});

test.each<[string, (url: string) => Response | undefined, string]>([
  [
    'a status elsewhere',
    (url) =>
      url.includes('$export') ? new Response('', { status: 202, headers: { 'content-location': 'http://169.254.169.254/x' } }) : undefined,
    'may not be used',
  ],
  [
    'a file on a host that the site does not allow',
    (url) => (url.includes('/bulk/') ? manifest('https://files.example.net/Patient.ndjson') : undefined),
    'Add https://files.example.net to REFLOOP_BULK_FILE_ORIGINS',
  ],
  [
    'a file on a host that looks like an allowed one',
    (url) => (url.includes('/bulk/') ? manifest('https://files.example.org.evil.example/Patient.ndjson', 1, false) : undefined),
    'REFLOOP_BULK_FILE_ORIGINS',
  ],
  [
    'a file on another port of an allowed host',
    (url) => (url.includes('/bulk/') ? manifest('https://files.example.org:8443/Patient.ndjson', 1, false) : undefined),
    'REFLOOP_BULK_FILE_ORIGINS',
  ],
  [
    'a file on an allowed host by http',
    (url) => (url.includes('/bulk/') ? manifest('http://files.example.org/Patient.ndjson', 1, false) : undefined),
    'may not be used',
  ],
  [
    'a status on a host where only files may lie',
    (url) => (url.includes('$export') ? new Response('', { status: 202, headers: { 'content-location': `${FILES}/status` } }) : undefined),
    'may not be used',
  ],
  ['a file of this machine', (url) => (url.includes('/bulk/') ? manifest('file:///etc/passwd') : undefined), 'may not be used'],
  [
    'another number of lines than the manifest says',
    (url) =>
      url.endsWith('x.ndjson') ? new Response('{}\n') : url.includes('/bulk/') ? manifest(`${FHIR_BASE}/bulk/x.ndjson`, 2) : undefined,
    'it has 1 lines, and the manifest says 2',
  ],
  ['a manifest that is none', (url) => (url.includes('/bulk/') ? Response.json({ output: 'all' }) : undefined), 'a manifest that is none'],
  ['a refusal', (url) => (url.includes('$export') ? new Response('', { status: 403 }) : undefined), 'it answered 403'],
])('%s ends the run, with words that say what to do', async (_what, instead, words) => {
  const { deps, asked, elsewhere, question } = between(instead);
  await expect(fetchExport(deps, question())).rejects.toThrow(words);
  expect(elsewhere).toEqual([]);
  expect(asked.every(({ url }) => url.startsWith('/'))).toBe(true);
});

test('an export that failed at the EHR is not gone on with', async () => {
  const { deps, question } = between((url) => (url.includes('/bulk/') ? new Response('', { status: 500 }) : undefined));
  await expect(fetchExport(deps, question())).rejects.toThrow(BulkExportGone);
  expect(await readdir(join(folder, 'exports'))).toEqual([]);
});
