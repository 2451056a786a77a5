/** The packet on the worklist over HTTP on PostgreSQL: what is in, what holds it, in which forms and whose looks it is read. */
import { expect, test } from 'vitest';
import type { MyWork } from '../client/work.ts';
import { readPdf } from '../packet/test-read-pdf.ts';
import { fullChart, NPI, PLANTED, packetDesk, patient, secret } from './test-packet-desk.ts';
import { chart } from './test-referral-input.ts';

const desk = packetDesk();
const { written, packetOf, prepare, send, carryOut, threadOf } = desk;

test('a whole packet has nothing that holds it, and says what it holds', async () => {
  const packet = await packetOf(await written());
  expect(packet.holds).toEqual([]);
  expect(packet.items.map(({ id, because }) => [id, because])).toEqual([
    ['Condition/c1', 'current-list'],
    ['Observation/potassium', 'last-90-days'],
    ['DiagnosticReport/ecg', 'last-90-days'],
    ['DiagnosticReport/echo', 'image'],
    ['DiagnosticReport/holter', 'last-90-days'],
  ]);
  expect(packet).toMatchObject({
    callback: '510-555-0150',
    withheld: 0,
    variant: null,
    authorization: 'not needed: put on record by kim, 20 Nov 2026',
  });
  expect(packet.ways).toEqual([
    { way: 'mail', preferred: false, hindrance: null },
    { way: 'fax', preferred: true, hindrance: null },
    { way: 'link', preferred: false, hindrance: null },
    { way: 'fhir', preferred: false, hindrance: 'Refloop has no access to the Tasks of this EHR.' },
  ]);
});

test('what is missing holds it, until somebody says why it goes without; what is taken out is missing too', async () => {
  const id = await written();
  const findings = (await packetOf(id)).items.filter(({ section }) => section === 'results' || section === 'imaging');
  for (const { id: item } of findings) expect((await prepare(id, { change: 'remove', item })).status).toBe(200);
  const held = await packetOf(id);
  expect(held.holds.map(({ kind }) => kind)).toEqual(['incomplete']);
  expect(held.items.filter(({ removed }) => removed).length).toBe(findings.length);
  const refused = await send(id, 'link');
  expect([refused.status, String(refused.body['detail'])]).toEqual([409, expect.stringContaining('Relevant results or images')]);
  expect((await prepare(id, { change: 'override', reason: 'They do their own tests' })).status).toBe(200);
  const { override, holds } = await packetOf(id);
  expect([override?.reason, override?.by, holds]).toEqual(['They do their own tests', 'kim', []]);
  expect((await send(id, 'link')).status).toBe(200);
});

test('what is missing is asked of the clinician who ordered by itself, until it goes without it for a reason', async () => {
  const id = await written([patient, ...chart().slice(1)]);
  const missing = async (token: string): Promise<MyWork['missing']> =>
    ((await desk.api.call('GET', '/work', token)).body as MyWork).missing.filter(({ referralId }) => referralId === id);
  const [row, ...others] = await missing(desk.clinician);
  expect(others).toEqual([]);
  expect(row).toMatchObject({ patientName: expect.stringMatching(/./), sentBy: expect.any(String), coveringFor: null });
  expect(row?.items.map(({ label }) => label).join()).toContain('ECG');
  expect(row?.dueAt).toBe((await threadOf(id)).obligations.find(({ kind }) => kind === 'send')?.dueAt);
  expect(await missing(await desk.api.session({ subject: 'another' })), 'of nobody else').toEqual([]);
  expect((await prepare(id, { change: 'override', reason: 'Their office does it' })).status).toBe(200);
  expect(await missing(desk.clinician)).toEqual([]);
});

test('a change on what was seen before another change is refused', async () => {
  const id = await written();
  const { revision } = await packetOf(id);
  const what = { change: 'callback', number: '510-555-0199' };
  expect((await desk.api.call('PUT', `/worklist/referrals/${id}/packet`, desk.coordinator, { revision, what })).status).toBe(200);
  expect((await desk.api.call('PUT', `/worklist/referrals/${id}/packet`, desk.coordinator, { revision, what })).status).toBe(409);
  expect((await send(id, 'link', { revision })).status).toBe(409);
  expect((await packetOf(id)).callback).toBe('510-555-0199');
});

test('the three forms, as it would go now, with nothing withheld in any of them', async () => {
  const id = await written([...fullChart(), secret]);
  const files = await Promise.all(
    ['pdf', 'fhir', 'ccda'].map((form) => desk.api.download(`/worklist/referrals/${id}/packet/${form}`, desk.coordinator)),
  );
  expect(files.map(({ headers }) => headers.get('content-type'))).toEqual(['application/pdf', 'application/fhir+json', 'application/xml']);
  const [pdf, fhir, ccda] = files.map(({ bytes }) => bytes);
  const texts = [(await readPdf(new Uint8Array(pdf ?? []))).text, new TextDecoder().decode(fhir), new TextDecoder().decode(ccda)];
  for (const text of texts) {
    expect(text).toContain('Potassium');
    expect(text).not.toContain(PLANTED);
    expect(text.replaceAll(/\s+/g, ' ')).toContain('need the patient’s own consent');
  }
});

test('in the words and looks of the practice, as they were when it was sent', async () => {
  const templates = [
    { template: 'office-mail', language: 'en', words: '{practice} asks {specialist}. Open it with the NPI: {link}\nOr call {phone}.' },
  ];
  const practice = { name: 'Bay Family Clinic', phone: '510-555-0160', accent: '#1f56b3' };
  const change = (base: number, content: object) =>
    desk.api.call('POST', '/configuration', desk.admin, { base, content, reason: 'For the test' });
  const id = await written();
  const { inForce } = (await desk.api.call('GET', '/configuration', desk.admin)).body as { inForce: number };
  expect((await change(inForce, { practice, statuses: [], templates })).status).toBe(200);
  expect((await send(id, 'mail')).status).toBe(200);
  const none = { name: null, phone: null, accent: null };
  expect((await change(inForce + 1, { practice: none, statuses: [], templates: [] })).status).toBe(200);
  await carryOut();
  const words = desk.mail.received[0]?.mail.text ?? '';
  expect(words).toMatch(
    /^Bay Family Clinic asks .*\. Open it with the NPI: https:\/\/refloop\.example\.org\/office#\S{43}\nOr call 510-555-0160\.\n/,
  );
  const opened = await desk.api.call('POST', '/office/open', '', { link: /office#([A-Za-z0-9_-]{43})/.exec(words)?.[1], npi: NPI });
  expect(opened.body).toMatchObject({ practice: desk.api.scope.site, phone: '510-555-0150', accent: null });
  const { text } = await readPdf((await desk.api.download('/office/packet', '', { opened: opened.body['opened'] })).bytes);
  expect(text).toMatch(/^Bay Family Clinic\s+·\s+Call 510-555-0160/);
  expect(text).toContain('Practice: Bay Family Clinic');
});
