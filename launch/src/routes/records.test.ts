import type { Patient } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fhir } from './test-backend.ts';
import { CHART, EHR, fetchTokens, openTestEhr, signIn, type TestEhr } from './test-ehr.ts';

let ehr: TestEhr;
let cookie: string;
const person = (id: string, family: string): Patient & { id: string } => ({
  resourceType: 'Patient',
  id,
  name: [{ family }],
  active: true,
});
beforeAll(async () => {
  ehr = await openTestEhr([
    ...CHART,
    person('dup', 'Quillfeather'),
    person('kept', 'Quillfeather-Moss'),
    person('third', 'Third'),
    { ...person('closed', 'Closedrecord'), active: false },
  ]);
  cookie = await signIn(ehr);
});
afterAll(() => ehr.close());

const change = (path: string, body: unknown): Promise<Response> =>
  Promise.resolve(ehr.app.request(`${EHR}/records/${path}`, { method: 'POST', body: JSON.stringify(body) }));
const page = async (path: string): Promise<string> => {
  const text = await (await ehr.app.request(`${EHR}${path}`, { headers: { Cookie: cookie } })).text();
  return text.replaceAll(/\s+/g, ' ');
};
const bannerOf = async (id: string): Promise<string> =>
  /<section class="banner".*?<\/section>/.exec(await page(`/patients/${id}`))?.[0] ?? '';
const rowOf = async (name: string): Promise<string> =>
  (await page('/patients')).split('<tr>').find((row) => row.includes(`>${name}</a>`)) ?? '';

describe('a record that is merged while an app is open', () => {
  test('is closed and points to the other, in new versions that the open app reads', async () => {
    const { access_token: token } = await fetchTokens(ehr, { user: 'clinician', patient: 'dup' });
    const before = await fhir(ehr, 'full', token, 'GET', 'Patient/dup');
    expect([before.json['active'], before.json['link']]).toEqual([true, undefined]);
    const answer = await change('dup/merge', { into: 'kept' });
    expect([answer.status, await answer.json()]).toEqual([
      200,
      {
        records: [
          { patient: 'dup', version: '2' },
          { patient: 'kept', version: '2' },
        ],
      },
    ]);
    const after = await fhir(ehr, 'full', token, 'GET', 'Patient/dup');
    expect(after.json).toMatchObject({ active: false, link: [{ other: { reference: 'Patient/kept' }, type: 'replaced-by' }] });
    const kept = await ehr.repository.read<Patient>('Patient', 'kept');
    expect(kept).toMatchObject({ active: true, link: [{ other: { reference: 'Patient/dup' }, type: 'replaces' }] });
  });

  test('says so in its banner, with a way to the other, and in the list', async () => {
    const link = 'Merged into <a href="/patients/kept">Quillfeather-Moss</a>';
    expect(await bannerOf('dup')).toContain(link);
    expect(await rowOf('Quillfeather')).toContain(link);
    expect(await bannerOf('kept')).not.toContain('Merged');
  });

  test.each<[string, string, unknown, number, string]>([
    ['a second time', 'dup/merge', { into: 'third' }, 409, 'patient'],
    ['another one into it', 'third/merge', { into: 'dup' }, 409, 'into'],
    ['itself', 'third/merge', { into: 'third' }, 409, 'into'],
    ['nobody', 'nobody/merge', { into: 'third' }, 404, 'patient'],
    ['into nobody', 'third/merge', { into: 'nobody' }, 404, 'into'],
    ['without saying into which', 'third/merge', {}, 400, 'into'],
    ['with a field of no meaning', 'third/merge', { into: 'kept', patient: 'x' }, 400, 'patient'],
  ])('cannot be merged: %s', async (_, path, body, status, field) => {
    const answer = await change(path, body);
    expect([answer.status, ((await answer.json()) as { field: string }).field]).toEqual([status, field]);
  });
});

describe('a patient who dies while an app is open', () => {
  test.each<[string, unknown, Partial<Patient>, string]>([
    ['on a day', { at: '2026-11-19' }, { deceasedDateTime: '2026-11-19' }, 'Deceased, 19 Nov 2026'],
    ['at a moment', { at: '2026-11-20T08:30:00-06:00' }, { deceasedDateTime: '2026-11-20T08:30:00-06:00' }, 'Deceased, 20 Nov 2026'],
    ['at no known time', {}, { deceasedBoolean: true }, 'Deceased, date not recorded'],
  ])('%s: the chart says so', async (_, body, expected, text) => {
    expect((await change('pat-b/death', body)).status).toBe(200);
    const { deceasedBoolean, deceasedDateTime } = await ehr.repository.read<Patient>('Patient', 'pat-b');
    expect(Object.fromEntries(Object.entries({ deceasedBoolean, deceasedDateTime }).filter(([, value]) => value !== undefined))).toEqual(
      expected,
    );
    expect(await bannerOf('pat-b')).toContain(text);
    expect(await rowOf('Bellweather, Osei')).toContain(text);
  });

  test.each([{ at: 'yesterday' }, { at: '2026-11-20T08:30:00' }, { when: '2026-11-20' }])('%j is refused', async (body) => {
    expect((await change('pat-a/death', body)).status).toBe(400);
    expect(await bannerOf('pat-a')).not.toContain('Deceased');
  });
});

test('a record that was closed without a merge says that it is not in use', async () => {
  expect(await bannerOf('closed')).toContain('Record not in use');
  expect(await bannerOf('third')).not.toContain('record-state');
});

test('nothing of this is done for another machine', async () => {
  ehr.setRemoteAddress('192.0.2.7');
  const answers = [await change('third/death', {}), await change('third/merge', { into: 'kept' })];
  ehr.setRemoteAddress('127.0.0.1');
  expect(answers.map(({ status }) => status)).toEqual([403, 403]);
});
