import type { Provenance, Resource, ServiceRequest } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FRAME_SANDBOX } from '../chart/app-page.ts';
import {
  authorizeParameters,
  authorizeUrl,
  CHART,
  EHR,
  exchange,
  FHIR_BASE,
  locationOf,
  openTestEhr,
  pkcePair,
  postForm,
  REFLOOP,
  signIn,
  type TestEhr,
  type Tokens,
} from './test-ehr.ts';

const allergy: Resource = {
  resourceType: 'AllergyIntolerance',
  id: 'allergy-a',
  clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }] },
  criticality: 'high',
  code: { text: 'Penicillin <G>' },
  patient: { reference: 'Patient/pat-a' },
};
const results: Resource[] = Array.from({ length: 15 }, (_, index) => ({
  resourceType: 'Observation',
  id: `obs-${index}`,
  status: 'final',
  category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] }],
  code: { coding: [{ system: 'http://loinc.org', code: '33762-6' }], text: 'NT-proBNP' },
  subject: { reference: 'Patient/pat-a' },
  effectiveDateTime: `2026-10-${String(index + 1).padStart(2, '0')}`,
  valueQuantity: { value: 1000 + index, unit: 'pg/mL', system: 'http://unitsofmeasure.org', code: 'pg/mL' },
  interpretation: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', code: 'H' }] }],
}));

let ehr: TestEhr;
let cookie: string;
beforeAll(async () => {
  ehr = await openTestEhr([...CHART, allergy, ...results]);
  cookie = await signIn(ehr);
});
afterAll(() => ehr.close());

const get = (path: string, as: string = cookie): Promise<Response> =>
  Promise.resolve(ehr.app.request(`${EHR}${path}`, { headers: { Cookie: as } }));
const textOf = async (path: string): Promise<string> => {
  const response = await get(path);
  expect(response.status).toBe(200);
  return response.text();
};
const decoded = (html: string): string => html.replaceAll('&amp;', '&').replaceAll('&quot;', '"');

describe('without signing in', () => {
  test.each([
    '/',
    '/patients',
    '/patients/pat-a',
    '/patients/pat-a/results',
    '/patients/pat-a/documents/x',
    '/app/00000000-0000-0000-0000-000000000000',
  ])('%s leads to the sign-in page and shows nothing', async (path) => {
    const response = await get(path, '');
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/sign-in');
    expect(await response.text()).not.toContain('Achterberg');
  });

  test.each(['/patients/pat-a/launch', '/referral-center', '/sign-out'])('POST %s too', async (path) => {
    expect((await postForm(ehr, path, {})).headers.get('location')).toBe('/sign-in');
  });

  test('a made-up cookie is none', async () => {
    expect((await get('/patients', 'sandbox_ehr_session=made-up')).status).toBe(303);
  });
});

describe('signing in', () => {
  test('the page offers everybody', async () => {
    const page = await (await ehr.app.request(`${EHR}/sign-in`)).text();
    for (const user of ['clinician', 'coordinator', 'lead', 'admin', 'nurse', 'covering']) expect(page).toContain(`value="${user}"`);
    expect(page).toContain('Sandbox EHR — synthetic patients');
  });

  test('sets a cookie that scripts cannot read and other sites do not send', async () => {
    const response = await postForm(ehr, '/sign-in', { user: 'lead' });
    expect(response.status).toBe(303);
    const attributes = response.headers.get('set-cookie') ?? '';
    expect(attributes).toContain('HttpOnly');
    expect(attributes).toContain('SameSite=Lax');
  });

  test.each(['https://evil.example', REFLOOP, 'null'])('a form from %s is refused', async (origin) => {
    expect((await postForm(ehr, '/sign-in', { user: 'clinician' }, { Origin: origin })).status).toBe(403);
    expect((await postForm(ehr, '/patients/pat-a/launch', {}, { Origin: origin, Cookie: cookie })).status).toBe(403);
  });

  test('nobody else can sign in', async () => {
    const response = await postForm(ehr, '/sign-in', { user: 'root' });
    expect(response.status).toBe(400);
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  test('signing out ends the session, and with it online access, not offline access', async () => {
    const mine = await signIn(ehr);
    const tokensFor = async (scope: string): Promise<Tokens> => {
      const { verifier, challenge } = pkcePair();
      const opened = await postForm(ehr, '/patients/pat-a/launch', {}, { Cookie: mine });
      const page = decoded(await (await get(opened.headers.get('location') ?? '', mine)).text());
      const launch = /[?&]launch=([^"&]+)/.exec(page)?.[1] ?? '';
      const redirect = locationOf(await ehr.app.request(authorizeUrl({ ...authorizeParameters(challenge, launch), scope })));
      return (await (await exchange(ehr, redirect.searchParams.get('code') ?? '', verifier)).json()) as Tokens;
    };
    const online = await tokensFor('launch online_access patient/Patient.r');
    const offline = await tokensFor('launch offline_access patient/Patient.r');
    await postForm(ehr, '/sign-out', {}, { Cookie: mine });
    expect((await get('/patients', mine)).status).toBe(303);
    const refresh = async (tokens: Tokens) =>
      (await postForm(ehr, '/auth/token', { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '', client_id: 'refloop' }))
        .status;
    expect(await refresh(online)).toBe(400);
    expect(await refresh(offline)).toBe(200);
  });

  test('another name of this machine is sent to the one the frame needs', async () => {
    const response = await ehr.app.request('http://127.0.0.1:4010/patients?q=a');
    expect(response.headers.get('location')).toBe(`${EHR}/patients?q=a`);
  });
});

describe('the patient list', () => {
  test.each([
    ['', ['Achterberg', 'Bellweather']],
    ['achter', ['Achterberg']],
    ['osei bell', ['Bellweather']],
    ['MRN-1002', ['Bellweather']],
    ['1961-04-09', ['Achterberg']],
    ['4/9/1961', ['Achterberg']],
    ['1980', ['Bellweather']],
    ['1961-02-31', []],
    ['nobody', []],
  ])('"%s" finds %j', async (typed, families) => {
    const page = await textOf(`/patients?q=${encodeURIComponent(typed)}`);
    for (const family of ['Achterberg', 'Bellweather']) expect(page.includes(family)).toBe(families.includes(family));
  });

  test('what was typed is shown as text', async () => {
    expect(await textOf(`/patients?q=${encodeURIComponent('"><script>x</script>')}`)).not.toContain('<script>x');
  });

  test('a made-up cursor is answered by a page', async () => {
    const response = await get('/patients?cursor=made-up');
    expect([200, 400]).toContain(response.status);
    expect(await response.text()).toContain('</html>');
  });
});

describe('the chart', () => {
  test('says whose it is and what is in it, escaped, and nothing of another', async () => {
    const page = await textOf('/patients/pat-a');
    for (const text of [
      'Achterberg, Nora',
      '9 Apr 1961',
      'MRN-1001',
      'Penicillin &lt;G&gt; (high)',
      'Heart failure',
      'I50.9',
      'Referral to cardiologist',
      'Maren Oduya, MD',
    ]) {
      expect(page).toContain(text);
    }
    expect(page).toContain('1014 pg/mL');
    expect(page).toContain('High');
    expect(page).not.toContain('Bellweather');
    expect(page).not.toContain('dermatologist');
  });

  test('a long section is cut to its newest rows and listed in full on its own page', async () => {
    const chart = await textOf('/patients/pat-a');
    expect(chart).not.toContain('1000 pg/mL');
    expect(chart).toContain('Show all 15');
    expect(await textOf('/patients/pat-a/results')).toContain('1000 pg/mL');
  });

  test.each(['/patients/pat-z', '/patients/pat-a/nothing', '/patients/pat-a/documents/none', '/patients/pat-a%2Cpat-b', '/nowhere/at/all'])(
    '%s is not found',
    async (path) => {
      expect((await get(path)).status).toBe(404);
    },
  );
});

describe('opening the app', () => {
  const open = async (path: string, form: Record<string, string> = {}): Promise<{ page: string; address: string; launch: string }> => {
    const response = await postForm(ehr, path, form, { Cookie: cookie });
    expect(response.status).toBe(303);
    const address = response.headers.get('location') ?? '';
    const page = decoded(await textOf(address));
    return { page, address, launch: /[?&]launch=([^"&]+)/.exec(page)?.[1] ?? '' };
  };
  const tokensOf = async (launch: string): Promise<Tokens> => {
    const { verifier, challenge } = pkcePair();
    const redirect = locationOf(await ehr.app.request(authorizeUrl(authorizeParameters(challenge, launch))));
    return (await (await exchange(ehr, redirect.searchParams.get('code') ?? '', verifier)).json()) as Tokens;
  };

  test('"Refer" frames it from another site under the banner of the EHR, sandboxed as athena does', async () => {
    const { page, launch } = await open('/patients/pat-a/launch', { order: 'order-a' });
    expect(page).toContain(`src="${REFLOOP}/launch?iss=${encodeURIComponent(FHIR_BASE)}&launch=`);
    expect(page).toContain(`sandbox="${FRAME_SANDBOX}"`);
    expect(FRAME_SANDBOX).not.toContain('top-navigation');
    expect(page).toContain('allow="clipboard-write"');
    expect(page).toContain('data-back="/patients/pat-a"');
    expect(page).toContain('Achterberg, Nora');
    // The EHR shows the patient, so the app need not.
    expect(await tokensOf(launch)).toMatchObject({
      patient: 'pat-a',
      encounter: 'enc-a',
      need_patient_banner: false,
      fhirContext: [{ reference: 'ServiceRequest/order-a' }],
    });
  });

  test('"New referral" has a patient and no order', async () => {
    const { launch } = await open('/patients/pat-a/launch');
    const tokens = await tokensOf(launch);
    expect(tokens['patient']).toBe('pat-a');
    expect(tokens['fhirContext']).toBeUndefined();
  });

  test('"Referral center" has no patient', async () => {
    const { page, launch } = await open('/referral-center');
    expect(page).toContain('data-back="/patients"');
    const tokens = await tokensOf(launch);
    expect(tokens['patient']).toBeUndefined();
    expect(tokens['intent']).toBe('referral-center');
  });

  test('reloading the page launches afresh, since a handle works once', async () => {
    const { address, launch } = await open('/patients/pat-a/launch');
    const again = /[?&]launch=([^"&]+)/.exec(decoded(await textOf(address)))?.[1] ?? '';
    expect(again).not.toBe(launch);
    expect((await tokensOf(again))['patient']).toBe('pat-a');
  });

  test("somebody else's page is not found", async () => {
    const { address } = await open('/patients/pat-a/launch');
    expect((await get(address, await signIn(ehr, 'admin'))).status).toBe(404);
  });

  test("another patient's order is not found", async () => {
    const response = await postForm(ehr, '/patients/pat-a/launch', { order: 'order-b' }, { Cookie: cookie });
    expect(response.status).toBe(404);
  });
});

describe('after a referral is written back', () => {
  const NOTE = 'Dear colleague,\nplease see <Nora>.';
  beforeAll(async () => {
    const note = await ehr.repository.create({
      resourceType: 'DocumentReference',
      status: 'current',
      type: { coding: [{ system: 'http://loinc.org', code: '57133-1' }], text: 'Referral note' },
      subject: { reference: 'Patient/pat-a' },
      date: '2026-11-20T11:30:00Z',
      author: [{ reference: 'Practitioner/clinician' }],
      content: [
        {
          attachment: {
            contentType: 'text/plain; charset=utf-8',
            title: 'Referral to cardiology',
            data: Buffer.from(NOTE).toString('base64'),
          },
        },
      ],
    });
    const draft = CHART.find(
      (one): one is ServiceRequest & { id: string } => one.id === 'order-a' && one.resourceType === 'ServiceRequest',
    );
    if (!draft) throw new Error('The test chart has no order-a.');
    const order = await ehr.repository.update<ServiceRequest>({
      ...draft,
      status: 'active',
      performer: [
        {
          type: 'PractitionerRole',
          identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: '2900005026' },
          display: 'Gerald Pruitt, MD',
        },
      ],
      supportingInfo: [{ reference: `DocumentReference/${note.resource.id}` }],
    });
    await ehr.repository.create({
      resourceType: 'Task',
      status: 'draft',
      intent: 'order',
      code: { coding: [{ system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'fulfill' }] },
      basedOn: [{ reference: 'ServiceRequest/order-a' }],
      focus: { reference: 'ServiceRequest/order-a' },
      for: { reference: 'Patient/pat-a' },
      authoredOn: '2026-11-20T11:30:00Z',
    });
    const provenance: Provenance = {
      resourceType: 'Provenance',
      target: [{ reference: `ServiceRequest/order-a/_history/${order.meta.versionId}` }],
      recorded: '2026-11-20T11:30:00Z',
      contained: [
        {
          resourceType: 'Device',
          id: 'software',
          deviceName: [{ name: 'Refloop', type: 'manufacturer-name' }],
          version: [{ value: '0.1.0' }],
        },
      ],
      agent: [
        {
          type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code: 'author' }] },
          who: { reference: 'Practitioner/clinician' },
        },
        {
          type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code: 'enterer' }] },
          who: { reference: 'Practitioner/nurse' },
          onBehalfOf: { reference: 'Practitioner/clinician' },
        },
        {
          type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code: 'assembler' }] },
          who: { reference: '#software' },
        },
      ],
    };
    await ehr.repository.create(provenance);
  });

  test('the order shows its status, performer, note, task, and who approved it with what', async () => {
    const page = await textOf('/patients/pat-a');
    const row = /<tr data-order="order-a">[\s\S]*?<\/tr>/.exec(page)?.[0] ?? '';
    expect(row).toContain('active');
    expect(row).toContain('Gerald Pruitt, MD');
    expect(row).toContain('Referral to cardiology');
    expect(row).toMatch(/Task: Fulfill the order, <strong>draft<\/strong>/);
    expect(row).toContain('Provenance: approved by Maren Oduya, MD, prepared by Kim Ortiz, MA, with Refloop 0.1.0, 20 Nov 2026, 11:30 UTC');
    expect(row).not.toContain('>Refer<');
  });

  test('the note can be read from it, as text', async () => {
    const row = /<tr data-order="order-a">[\s\S]*?<\/tr>/.exec(await textOf('/patients/pat-a'))?.[0] ?? '';
    const address = /href="([^"]+\/documents\/[^"]+)"/.exec(row)?.[1] ?? '';
    const page = await textOf(address);
    expect(page).toContain('please see &lt;Nora&gt;.');
    expect((await get(address.replace('pat-a', 'pat-b'))).status).toBe(404);
    const download = await get(`${address}/content`);
    expect(download.headers.get('content-disposition')).toBe('attachment');
    expect(await download.text()).toBe(NOTE);
  });
});
