/** The chart is read again by itself while something is lacking, and not oftener than it may. */
import type { EhrPort, Resource } from '@refloop/domain/fhir/ehr-port';
import type { FhirResource } from '@refloop/domain/fhir/read';
import { ok, refuse } from '@refloop/domain/result';
import { beforeEach, expect, test } from 'vitest';
import { chartPartsNow } from '../../ehr/chart-parts.ts';
import type { OwnAccess } from '../../ehr/system-access.ts';
import { type Site, sandboxSite } from '../../sites.ts';
import { fullChart, packetDesk, subject } from '../test-packet-desk.ts';
import type { Body } from '../test-referral-input.ts';
import { createChartLooks } from './chart-looks.ts';

const desk = packetDesk();
const holter = {
  resourceType: 'DiagnosticReport',
  id: 'holter-late',
  subject,
  status: 'final',
  code: { text: 'Holter monitor' },
  effectiveDateTime: '2026-11-19',
} as FhirResource;
const [reached, ...rest] = fullChart();
const { telecom: _t, address: _a, ...unreached } = reached as Body;

const withoutHolter = (): Promise<string> => desk.written(fullChart().filter(({ id }) => id !== 'holter'));
/** Of whom the chart said no way to reach them: looked for in the patient's own entry, where no Holter is. */
const withoutPhone = (): Promise<string> => desk.written([unreached, ...rest]);

const system = { clientId: 'refloop-system', reads: true } as unknown as NonNullable<Site['system']>;

/** What the EHR says to a search for this type; a number is the status it refuses with. */
let answer: (type: string) => FhirResource[] | number | 'silent';
let isShut = false;
let breaks = false;
let asked: string[] = [];
const failures: unknown[] = [];

beforeEach(async () => {
  isShut = false;
  breaks = false;
  asked = [];
  failures.splice(0);
  // What a test before has left lacking is found, so that each begins with its own packets alone.
  answer = (type) => [holter, reached as FhirResource].filter(({ resourceType }) => resourceType === type);
  await make().run();
  asked = [];
});

const get: EhrPort['get'] = async (path) => {
  const type = path.split(/[?/]/)[0] ?? '';
  asked.push(type);
  const said = answer(type);
  if (said === 'silent') return refuse({ kind: 'no-answer', detail: 'silent' });
  if (typeof said === 'number') return refuse({ kind: 'http', status: said, detail: '' });
  const [first] = said;
  if (type === 'Patient') return first ? ok(first as Resource) : refuse({ kind: 'http', status: 404, detail: '' });
  return ok({ resourceType: 'Bundle', entry: said.map((resource) => ({ resource })) } as Resource);
};

let made = 0;
function make(sites: Site[] = [{ ...sandboxSite(4010), system }]) {
  const access = (async (site: Site) =>
    isShut ? { ok: false, why: 'it refused' } : { ok: true, ehr: { base: site.iss, get } }) as unknown as OwnAccess;
  return createChartLooks({
    store: desk.api.store,
    sites,
    chart: chartPartsNow({ sites, access }),
    consents: async () => {
      if (breaks) throw new Error('broken');
      return [];
    },
    now: () => desk.api.clock.now,
    newId: () => `look-${(made += 1)}`,
    version: 'test',
    failed: (error) => failures.push(error),
  });
}

const holdsOf = async (id: string) => (await desk.packetOf(id)).holds.map(({ kind }) => kind);
/** The types that were read, for each reading that the audit has. */
const readings = async (id: string): Promise<readonly string[][]> =>
  (await desk.api.store.transaction(desk.api.scope, (unit) => unit.audit.list({ referralId: id })))
    .filter(({ action }) => action === 'packet.chart-read')
    .map(({ payload }) => (payload as { types: string[] }).types);

test('what comes while a packet lacks it is found, once, and an EHR that is away is asked for one packet alone', async () => {
  const id = await withoutPhone();
  const other = await withoutPhone();
  answer = () => 'silent';
  const looks = make();
  await looks.run();
  expect(asked).toEqual(['Patient']);
  await looks.run();
  expect(asked.length, 'not before its time').toBe(1);
  await desk.later(15);
  answer = () => [unreached as FhirResource];
  await looks.run();
  expect(asked.length).toBe(3);
  await desk.later(15);
  answer = () => [reached as FhirResource];
  await looks.run();
  expect(asked.length, 'each once an hour').toBe(3);
  await desk.later(45);
  expect(await looks.run()).toBe(2);
  for (const each of [id, other]) {
    expect(await holdsOf(each)).toEqual([]);
    expect((await desk.threadOf(each)).entries.find(({ title }) => title === 'Found in the chart')).toMatchObject({
      by: 'Refloop',
      party: 'refloop',
    });
  }
  await desk.later(120);
  await looks.run();
  expect(asked.length, 'nothing is lacking any more').toBe(5);
  expect(await make([sandboxSite(4010)]).run(), 'a site without access').toBe(0);
  expect(failures).toEqual([]);
});

test('where Refloop is not let in, nothing was read: the audit has no reading, and the packet waits no hour', async () => {
  const id = await withoutHolter();
  isShut = true;
  const looks = make();
  await looks.run();
  expect(await readings(id)).toEqual([]);
  isShut = false;
  await desk.later(15);
  expect(await looks.run()).toBe(1);
  expect((await readings(id)).length).toBe(1);
});

test('the audit has the types that were read, and none that was refused', async () => {
  const id = await withoutHolter();
  answer = (type) => (type === 'DocumentReference' ? 403 : []);
  await make().run();
  const [types] = await readings(id);
  expect(types).toContain('DiagnosticReport');
  expect(types).not.toContain('DocumentReference');
});

test('a packet for which the EHR always refuses keeps no other waiting, and waits its hour', async () => {
  const refused = await withoutHolter();
  const other = await withoutPhone();
  answer = (type) => (type === 'Patient' ? [reached as FhirResource] : 403);
  const looks = make();
  expect(await looks.run(), 'in the same round').toBe(1);
  expect(await holdsOf(other)).toEqual([]);
  expect(await readings(refused)).toEqual([]);
  asked = [];
  await desk.later(15);
  await looks.run();
  expect(asked).toEqual([]);
  await desk.later(45);
  await looks.run();
  expect(asked).toContain('DiagnosticReport');
});

test('packets for which the EHR never answers keep no other waiting for good', async () => {
  await withoutHolter();
  await withoutHolter();
  const other = await withoutPhone();
  answer = (type) => (type === 'Patient' ? [reached as FhirResource] : 'silent');
  const looks = make();
  for (let round = 0; round < 3; round += 1) {
    await looks.run();
    await desk.later(61);
  }
  expect(await holdsOf(other)).toEqual([]);
});

test('a packet at which a look breaks off waits its hour', async () => {
  await withoutHolter();
  breaks = true;
  answer = (type) => (type === 'DiagnosticReport' ? [holter] : []);
  const looks = make();
  await looks.run();
  expect(failures.length).toBe(1);
  breaks = false;
  await desk.later(15);
  expect(await looks.run()).toBe(0);
  await desk.later(45);
  expect(await looks.run()).toBe(1);
});
