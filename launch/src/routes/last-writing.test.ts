/** The chart says who wrote: a clinician in an app, a backend service for nobody, or somebody in the EHR itself. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, fhir, makeBackend, serviceToken, tokensIn } from './test-backend.ts';
import { EHR, openTestEhr, postForm, signIn, type TestEhr } from './test-ehr.ts';
import { documentOf, SCOPE } from './test-faults.ts';

let ehr: TestEhr;
let backend: Backend;
let cookie: string;
beforeAll(async () => {
  backend = await makeBackend('ES384', 'refloop-system');
  ehr = await openTestEhr(undefined, [{ ...backend.client, name: 'Refloop background service' }]);
  cookie = await signIn(ehr);
});
afterAll(() => ehr.close());

const page = async (path: string): Promise<string> => (await ehr.app.request(`${EHR}${path}`, { headers: { Cookie: cookie } })).text();
const row = async (): Promise<string> => /<tr data-order="order-a">[\s\S]*?<\/tr>/.exec(await page('/patients/pat-a'))?.[0] ?? '';

describe('an order, and what belongs to it', () => {
  test('that came with the loaded charts was written by nobody', async () => {
    expect(await row()).not.toContain('written by');
  });

  test('is put down to the clinician in the app, then to the service, then to who signed it in the chart', async () => {
    const { access_token: token } = await tokensIn(ehr, { mode: 'epic-like', scope: SCOPE });
    const loaded = await ehr.repository.read('ServiceRequest', 'order-a');
    const path = 'ServiceRequest/order-a';
    const updated = await fhir(ehr, 'epic-like', token, 'PUT', path, { ...loaded, status: 'active' });
    expect(await row()).toMatch(/written by Maren Oduya, MD in Refloop, \d{1,2} \w{3} \d{4}, \d\d:\d\d UTC/);

    const service = await serviceToken(ehr, backend, 'epic-like');
    const note = await fhir(ehr, 'epic-like', service, 'POST', 'DocumentReference', documentOf('Referral note'));
    const linked = { ...updated.json, supportingInfo: [{ reference: `DocumentReference/${note.json.id}` }] };
    expect((await fhir(ehr, 'epic-like', service, 'PUT', path, linked)).status).toBe(200);
    const byService = await row();
    expect(byService.match(/written by Refloop background service \(no user\), /g)).toHaveLength(2);
    expect(byService).not.toContain('Maren Oduya, MD in Refloop');
    expect(await page(`/patients/pat-a/documents/${note.json.id}`)).toContain('written by Refloop background service (no user)');

    expect((await postForm(ehr, '/patients/pat-a/orders/order-a/sign', {}, { Cookie: cookie })).status).toBe(303);
    expect(await row()).toContain('written by Maren Oduya, MD, ');
  });

  test('a task and a provenance say it each for itself', async () => {
    const service = await serviceToken(ehr, backend, 'full');
    const { access_token: token } = await tokensIn(ehr, { scope: SCOPE });
    const about = { reference: 'ServiceRequest/order-a' };
    const task = { resourceType: 'Task', status: 'draft', intent: 'order', focus: about, for: { reference: 'Patient/pat-a' } };
    expect((await fhir(ehr, 'full', service, 'POST', 'Task', task)).status).toBe(201);
    const provenance = {
      resourceType: 'Provenance',
      target: [about],
      recorded: '2026-11-20T11:30:00Z',
      agent: [{ who: { reference: 'Practitioner/clinician' } }],
    };
    expect((await fhir(ehr, 'full', token, 'POST', 'Provenance', provenance)).status).toBe(201);
    const text = await row();
    expect(text).toMatch(/Task: [^<]*<strong>draft<\/strong><div class="written">written by Refloop background service \(no user\)/);
    expect(text).toMatch(/Provenance: approved by Maren Oduya, MD[^<]*<div class="written">written by Maren Oduya, MD in Refloop/);
  });
});
