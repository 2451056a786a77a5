/** The nightly report: what it finds, once a night, on demand, gone on with where it broke off, and never a write to the EHR. */
import { generateKeyPairSync } from 'node:crypto';
import type { EhrPort, Resource } from '@refloop/domain/fhir/ehr-port';
import { ok, refuse } from '@refloop/domain/result';
import { beforeEach, expect, test } from 'vitest';
import { readSystemKey } from '../ehr/system-key.ts';
import type { Session } from '../sessions/session.ts';
import { LOOKING_SCOPES, sandboxSite, scopeOf } from '../sites.ts';
import { openMemoryStore } from '../store/memory/store.ts';
import type { Store } from '../store/store.ts';
import { keepFirstPolicy } from './engine/policy-in-force.ts';
import { putInForce } from './engine/test-in-force.ts';
import { createReconciliationReader } from './reconciliation-reader.ts';
import { createReconciliationReports } from './reconciliation-report.ts';

/** Eight in the evening in Chicago; the night's report is made from two on. */
const EVENING = '2026-11-20T02:00:00.000Z';
const NIGHT = '2026-11-20T08:30:00.000Z';
const hoursAfter = (at: string, hours: number): Date => new Date(Date.parse(at) + hours * 3_600_000);

const jwk = JSON.stringify(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'jwk' }));
const key = readSystemKey('env:K', { K: jwk });
if (!key.ok) throw new Error(key.message);
const site = sandboxSite(4010, { clientId: 'refloop-system', key: key.value, scopes: LOOKING_SCOPES, completes: false, tracks: false });
const scope = scopeOf(site);
let store: Store;
let now: Date;
let counter = 0;
const newId = (): string => `id-${String((counter += 1)).padStart(6, '0')}`;

/** What the EHR holds; undefined: it says nothing. */
let held: Record<string, Resource> | undefined;
/** Whether the EHR shows none of it to us. */
let withholds = false;
let reads: string[];
let silentAfter = Number.POSITIVE_INFINITY;
const ehr: EhrPort = {
  base: site.iss,
  get: async (path) => {
    reads.push(path);
    if (held === undefined || reads.length > silentAfter) return refuse({ kind: 'no-answer', detail: 'Silent.' });
    if (withholds) return refuse({ kind: 'http', status: 403, detail: 'Not for us' });
    const resource = held[path];
    return resource ? ok(resource) : refuse({ kind: 'http', status: 404, detail: 'Not found' });
  },
  write: async () => {
    throw new Error('A report writes nothing to the EHR.');
  },
};

const reporter = () =>
  createReconciliationReports({
    store,
    sites: [site],
    access: async () => ({ ok: true, ehr, conditionalCreate: () => false, may: () => true }),
    newId,
    now: () => now,
    failed: (error) => {
      throw error;
    },
  });
const reports = () => store.transaction(scope, (unit) => unit.reconciliationReports.list(9));
const ids = Array.from({ length: 25 }, (_, at) => `r${String(at).padStart(2, '0')}`);

beforeEach(async () => {
  store = openMemoryStore({ newId });
  await store.enrol(scope);
  await keepFirstPolicy(store, scope, 'America/Chicago', new Date(EVENING));
  for (const id of ids) {
    await putInForce(store, scope, id, EVENING);
    await store.transaction(scope, (unit) =>
      unit.plans.insert({
        id: `plan-${id}`,
        referralId: id,
        recommendationId: `rec-${id}`,
        patientId: 'p',
        subject: 's',
        madeAt: EVENING,
        finished: true,
        lookDueAt: null,
        content: {
          steps: [
            { name: 'DocumentReference', outcome: { status: 'done', reference: `DocumentReference/${id}`, versionId: '1', at: EVENING } },
          ],
          decision: {},
        },
      }),
    );
  }
  const note = (id: string): [string, Resource] => [
    `DocumentReference/${id}`,
    { resourceType: 'DocumentReference', status: 'current', content: [{}] },
  ];
  held = { 'ServiceRequest/o1': { resourceType: 'ServiceRequest', status: 'active' }, ...Object.fromEntries(ids.map(note)) };
  reads = [];
  now = new Date(NIGHT);
});

test('once a night, with what differs and whose truth holds', async () => {
  delete held?.['DocumentReference/r03'];
  now = new Date(EVENING);
  await reporter().run();
  expect(await reports(), 'a day without one yet, at whatever hour after two').toHaveLength(1);
  now = new Date(NIGHT);
  expect(await reporter().run()).toEqual({ looked: 25, differences: 1 });
  expect(await reporter().run(), 'once a night').toEqual({ looked: 0, differences: 0 });
  now = hoursAfter(NIGHT, 24);
  await reporter().run();
  const all = await reports();
  expect(all).toHaveLength(3);
  expect(all[0]).toMatchObject({ standing: 'done', askedBy: 'refloop', looked: 25, unread: 0, more: 0 });
  expect(all[0]?.differences).toEqual([{ referralId: 'r03', field: 'note', ours: 'on file', theirs: 'not there', truth: 'refloop' }]);
});

test('the message of a referral on rung 4 is looked for too', async () => {
  await store.transaction(scope, (unit) =>
    unit.plans.insert({
      id: 'plan-x',
      referralId: 'r04',
      recommendationId: 'rec-x',
      patientId: 'p',
      subject: 's',
      madeAt: EVENING,
      finished: true,
      lookDueAt: null,
      content: {
        steps: [{ name: 'Communication', outcome: { status: 'done', reference: 'Communication/m1', versionId: '1', at: EVENING } }],
        decision: {},
      },
    }),
  );
  await reporter().run();
  expect(reads).toContain('Communication/m1');
  expect((await reports())[0]?.differences).toEqual([
    { referralId: 'r04', field: 'message', ours: 'on file', theirs: 'not there', truth: 'refloop' },
  ]);
});

test('a chart that may not be read is told as unread, and the next is looked at', async () => {
  const before = reads.length;
  now = new Date(NIGHT);
  withholds = true;
  await reporter().run();
  withholds = false;
  expect(reads.length).toBeGreaterThan(before);
  expect((await reports())[0]).toMatchObject({ standing: 'done', looked: 25, unread: 25 });
});

test('an EHR that falls silent is gone on with from there; by morning it is told that it did not answer', async () => {
  const whole = held;
  await store.transaction(scope, (unit) => unit.reconciliationReports.begin({ id: 'asked', startedAt: NIGHT, askedBy: 'kim', cursor: '' }));
  silentAfter = 40;
  await reporter().run();
  silentAfter = Number.POSITIVE_INFINITY;
  const [broken] = await reports();
  expect(broken).toMatchObject({ standing: 'under-way', cursor: 'plan-r19', looked: 20 });
  held = undefined;
  now = hoursAfter(NIGHT, 5);
  await reporter().run();
  expect((await reports())[0]).toMatchObject({ standing: 'under-way', looked: 20 });
  held = whole;
  await reporter().run();
  expect((await reports())[0]).toMatchObject({ standing: 'done', cursor: 'plan-r24', looked: 25 });
  expect(new Set(reads.filter((path) => path.startsWith('DocumentReference'))).size, 'each note').toBe(25);

  held = undefined;
  await store.transaction(scope, (unit) =>
    unit.reconciliationReports.begin({ id: 'again', startedAt: now.toISOString(), askedBy: 'kim', cursor: '' }),
  );
  now = hoursAfter(NIGHT, 12);
  await reporter().run();
  expect((await reports())[0]).toMatchObject({ id: 'again', standing: 'unreachable', looked: 0 });
});

test('asked for by a person: one at a time, on record, and nothing where Refloop has no access of its own', async () => {
  const entries: string[] = [];
  const kim = { scope, subject: 'kim', roles: ['coordinator'], sessionId: 'x', fhirUser: 'Practitioner/kim' } as unknown as Session;
  const noted: Store = {
    ...store,
    transaction: (where, work) =>
      store.transaction(where, (unit) =>
        work({
          ...unit,
          audit: {
            ...unit.audit,
            append: async (entry) => {
              entries.push(entry.action);
              return unit.audit.append(entry);
            },
          },
        }),
      ),
  };
  const reader = createReconciliationReader({ store: noted, sites: [site], newId });
  await reader.ask(kim, now);
  await reader.ask(kim, now);
  expect(entries).toEqual(['reconciliation.asked']);
  await reporter().run();
  expect(await reader.read(kim)).toMatchObject({ possible: true, reports: [{ standing: 'done', looked: 25, differences: [] }] });
  delete held?.['DocumentReference/r03'];
  now = hoursAfter(NIGHT, 1);
  await reader.ask(kim, now);
  await reporter().run();
  const [last] = await reports();
  const file = await reader.file(kim, last?.id ?? '', now);
  const [heading, ...lines] = new TextDecoder()
    .decode(file instanceof Uint8Array ? file : new Uint8Array())
    .trimEnd()
    .split('\r\n');
  expect(heading).toBe('report,started_at,standing,referral,field,refloop,ehr,whose_truth_holds,why');
  expect(lines).toEqual([expect.stringContaining(`${last?.id},${last?.startedAt},done,r03,note,on file,not there,refloop,`)]);
  expect(await reader.file(kim, 'nothing', now)).toMatchObject({ refused: 'not-found' });
  expect(entries).toEqual(['reconciliation.asked', 'reconciliation.asked', 'reconciliation.exported']);
  const without = createReconciliationReader({ store, sites: [{ ...site, system: undefined }], newId });
  const before = await reports();
  expect(await without.ask(kim, now)).toMatchObject({ possible: false });
  expect(await reports()).toEqual(before);
});
