/** What a packet lacks, read anew in the chart: by a press, and by the next launch on the patient. */
import type { FhirResource } from '@refloop/domain/fhir/read';
import { beforeEach, expect, test } from 'vitest';
import type { ChartLook } from '../../client/chart-look.ts';
import type { MyWork } from '../../client/work.ts';
import { readPdf } from '../../packet/test-read-pdf.ts';
import { found, fullChart, NPI, PLANTED, packetDesk, subject } from '../test-packet-desk.ts';
import type { Body } from '../test-referral-input.ts';

const desk = packetDesk();
const { written, packetOf, threadOf, prepare, send } = desk;

const holter: FhirResource = {
  resourceType: 'DiagnosticReport',
  id: 'holter-late',
  subject,
  status: 'final',
  code: { text: 'Holter monitor' },
  effectiveDateTime: '2026-11-19',
};
const unasked = found('ferritin', '2276-4', 'Ferritin') as FhirResource;
/** All that cardiology asks for palpitations, but the Holter. */
const withoutHolter = (): Body[] => fullChart().filter(({ id }) => id !== 'holter');

beforeEach(() => {
  desk.api.chart.now = undefined;
  desk.api.chart.asked.splice(0);
  desk.api.chart.refused.splice(0);
  desk.api.chart.shut = undefined;
  desk.api.consents.splice(0);
});

const press = async (id: string, token = desk.coordinator) => desk.api.call('POST', `/worklist/referrals/${id}/packet/chart-look`, token);
const look = async (id: string): Promise<ChartLook> => {
  const { status, body } = await press(id);
  expect(status).toBe(200);
  return body as ChartLook;
};
const missing = async (id: string): Promise<string[]> =>
  ((await desk.api.call('GET', '/work', desk.clinician)).body as MyWork).missing
    .filter(({ referralId }) => referralId === id)
    .flatMap(({ items }) => items.map(({ label }) => label));
/** The types that the audit says were read, one list for each reading. */
const readTypes = async (id: string): Promise<unknown[]> =>
  (await desk.api.store.transaction(desk.api.scope, (unit) => unit.audit.list({ referralId: id })))
    .filter(({ action }) => action === 'packet.chart-read')
    .map(({ payload }) => (payload as { types: unknown }).types);
const holds = async (id: string): Promise<string[]> => (await packetOf(id)).holds.map(({ kind }) => kind);

test('what has come since is found by a press: off the lists, in the packet with its date, in the thread; the note stays as it was signed', async () => {
  const id = await written(withoutHolter());
  expect([await holds(id), (await missing(id)).join()]).toEqual([['incomplete'], expect.stringContaining('Holter')]);
  desk.api.chart.now = [holter, unasked];
  const answer = await look(id);
  expect([answer.standing, answer.found]).toEqual(['looked', [{ label: expect.stringContaining('Holter'), date: '2026-11-19' }]]);
  expect([await holds(id), await missing(id)]).toEqual([[], []]);
  expect(answer.packet.items.find(({ id: item }) => item === 'DiagnosticReport/holter-late')).toMatchObject({
    date: '2026-11-19',
    foundOn: '2026-11-20',
  });
  expect(
    answer.packet.items.some(({ id: item }) => item === 'Observation/ferritin'),
    'nothing that was not asked for',
  ).toBe(false);
  expect((await threadOf(id)).entries.find(({ title }) => title === 'Found in the chart')?.detail).toMatch(/Holter.*, of 19 Nov 2026$/);
  expect((await send(id, 'mail')).status).toBe(200);
  await desk.carryOut();
  const { body } = await desk.api.call('POST', '/office/open', '', { link: desk.mailedLink(), npi: NPI });
  const { text } = await readPdf((await desk.api.download('/office/packet', '', { opened: body['opened'] })).bytes);
  expect(text.replaceAll(/\s+/g, ' ')).toContain('Holter monitor · 19 Nov 2026 · read in the chart on 20 Nov 2026');
});

test('only the parts that may hold what is missing are asked for, and only what was changed since the chart was read', async () => {
  const id = await written(withoutHolter());
  desk.api.chart.now = [];
  expect(await look(id)).toMatchObject({ standing: 'looked', found: [] });
  expect(desk.api.chart.asked.length).toBeGreaterThan(0);
  for (const path of desk.api.chart.asked)
    expect(path).toMatch(/^(DiagnosticReport|DocumentReference|Procedure|Observation)\?patient=pat-1&.*_lastUpdated=ge2026-11-19/);
  expect((await threadOf(id)).entries.map(({ title }) => title)).not.toContain('Found in the chart');
});

test('a packet that lacks nothing asks the EHR for nothing', async () => {
  const id = await written();
  desk.api.chart.now = [holter];
  expect(await look(id)).toMatchObject({ standing: 'nothing-lacks', found: [] });
  expect(desk.api.chart.asked).toEqual([]);
});

test('where Refloop has no access of its own it says so, and nothing changes', async () => {
  const id = await written(withoutHolter());
  expect(await look(id)).toMatchObject({ standing: 'no-access', found: [], packet: { holds: [{ kind: 'incomplete' }] } });
});

test('where Refloop is not let in, nothing was read: it says so, and no reading stands in the audit', async () => {
  const id = await written(withoutHolter());
  desk.api.chart.shut = 'The chart could not be read: it refused.';
  expect(await look(id)).toMatchObject({ standing: 'not-read', found: [], unread: ['The chart could not be read: it refused.'] });
  expect(await readTypes(id)).toEqual([]);
});

test('the audit has the types that were read, and none that was refused', async () => {
  const id = await written(withoutHolter());
  desk.api.chart.now = [];
  desk.api.chart.refused.push('DocumentReference');
  expect(await look(id)).toMatchObject({ standing: 'looked', unread: ['Documents could not be read.'] });
  const [types] = await readTypes(id);
  expect(types).toContain('DiagnosticReport');
  expect(types).not.toContain('DocumentReference');
});

test('what needs the patient’s consent is not found without one', async () => {
  const id = await written(withoutHolter());
  const coded = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'SUD' };
  desk.api.chart.now = [{ ...holter, meta: { security: [coded] }, conclusion: PLANTED } as FhirResource];
  expect((await look(id)).found).toEqual([]);
  expect(await holds(id)).toEqual(['incomplete']);
  desk.api.consents.push({
    resourceType: 'Consent',
    id: 'consent',
    status: 'active',
    patient: subject,
    provision: {
      type: 'permit',
      actor: [{ reference: { identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: NPI } } }],
      securityLabel: [coded],
    },
  });
  expect((await look(id)).found.length).toBe(1);
  expect(await holds(id)).toEqual([]);
  desk.api.consents.splice(0);
  expect(await holds(id), 'withdrawn, it is out again').toContain('incomplete');
});

test('an entry of another patient answers nothing', async () => {
  const id = await written(withoutHolter());
  desk.api.chart.now = [{ ...holter, subject: { reference: 'Patient/pat-2' } } as FhirResource];
  expect((await look(id)).found).toEqual([]);
});

test('how the patient is reached is taken from the chart once it is there', async () => {
  const [patient, ...rest] = fullChart();
  const { telecom: _t, address: _a, ...unreached } = patient as Body;
  const id = await written([unreached, ...rest]);
  expect(await holds(id)).toEqual(['incomplete']);
  desk.api.chart.now = [patient as FhirResource];
  expect(await look(id)).toMatchObject({ found: [{ date: '' }], packet: { holds: [] } });
});

test('the next launch on the patient brings it: what is wanted is told, and of what comes only that is kept', async () => {
  const id = await written(withoutHolter());
  const wanted = (await desk.api.call('GET', '/chart-looks', desk.clinician)).body as { wanted: { type: string; since: string | null }[] };
  expect(wanted.wanted).toContainEqual({ type: 'DiagnosticReport', since: '2026-11-19' });
  const given = await desk.api.call('POST', '/chart-looks', desk.clinician, { resources: [holter, unasked] });
  expect(given.body['found']).toContainEqual({ referralId: id, specialtyName: 'Cardiology', labels: [expect.stringContaining('Holter')] });
  expect(await holds(id)).toEqual([]);
  expect((await packetOf(id)).items.some(({ id: item }) => item === 'Observation/ferritin')).toBe(false);
});

test('of another patient’s chart nothing is wanted and nothing taken', async () => {
  const id = await written(withoutHolter());
  const elsewhere = await desk.api.session({ patientId: 'pat-2' });
  expect((await desk.api.call('GET', '/chart-looks', elsewhere)).body).toEqual({ wanted: [] });
  expect((await desk.api.call('POST', '/chart-looks', elsewhere, { resources: [holter] })).body).toEqual({ found: [] });
  expect(await holds(id)).toEqual(['incomplete']);
});

test('what somebody takes out after it was found is missing again', async () => {
  const id = await written(withoutHolter());
  desk.api.chart.now = [holter];
  await look(id);
  expect((await prepare(id, { change: 'remove', item: 'DiagnosticReport/holter-late' })).status).toBe(200);
  expect(await holds(id)).toEqual(['incomplete']);
});
