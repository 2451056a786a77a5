/**
 * EHRs and a launcher this project did not write, registered by REFLOOP_SITES, framing the app from an origin of their own: a
 * referral goes through on every rung of the write-back ladder, as far as the EHR allows.
 */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import type { Stored } from '../foreign/chart.ts';
import { type ForeignEhr, startForeignEhr } from '../foreign/foreign-ehr.ts';
import { writeSitesFile } from '../foreign/refloop.ts';
import { V1_SCOPES } from '../foreign/traits.ts';
import { type Product, startProduct } from '../support/product.ts';
import { approveButton, decision, readyToApprove, settled, specialists } from './support/refer-page.ts';
import { appFrame } from './support/sandbox.ts';
import { expect, test } from './support/test.ts';

type Clinics = { updates: ForeignEhr; bare: ForeignEhr; creates: ForeignEhr; old: ForeignEhr; reads: ForeignEhr; silent: ForeignEhr };
let clinics: Clinics;
let product: Product;

test.beforeAll(async () => {
  clinics = {
    updates: await startForeignEhr({ people: [{ id: '1', family: 'Abernathy' }] }),
    bare: await startForeignEhr({
      people: [{ id: '1', family: 'Mbeki' }],
      traits: { openid: 'at-issuer', smart: { issuer: true, jwksUri: false } },
    }),
    creates: await startForeignEhr({
      people: [{ id: '1', family: 'Zielinski' }],
      traits: {
        metadata: 'no-order-update',
        algorithm: 'ES384',
        introspection: 'client-only',
        fhirUser: 'role',
        pageSize: 3,
        absoluteReferences: true,
        searchByIdentifier: 'ignored',
        token: { fhirContext: true, needPatientBanner: false, expiresIn: true, scope: false },
      },
    }),
    old: await startForeignEhr({
      people: [{ id: '1', family: 'Castellanos' }],
      traits: {
        versions: false,
        grants: V1_SCOPES,
        searchByIdentifier: 'refused',
        pageSize: 2,
        next: 'same-type',
        introspection: 'denies',
      },
    }),
    reads: await startForeignEhr({
      people: [{ id: '1', family: 'Ostrowski' }],
      traits: { metadata: 'no-order-write', next: 'another-host' },
    }),
    silent: await startForeignEhr({ people: [{ id: '1', family: 'Petrosyan' }], traits: { metadata: 'fails' } }),
  };
  const entries = Object.entries(clinics).map(([name, ehr]) => ehr.siteEntry(name, { embed: [ehr.launcher] }));
  const sites = writeSitesFile(entries);
  product = await startProduct({ env: { REFLOOP_SITES: sites.file } });
  sites.remove();
  for (const ehr of Object.values(clinics)) ehr.registerApp(product.refloop);
});

test.afterAll(async () => {
  await product?.stop();
  await Promise.all(Object.values(clinics ?? {}).map((ehr) => ehr.close()));
});

const held = (ehr: ForeignEhr, type: string): Stored[] =>
  [...ehr.fhir.resources.values()].filter(({ resourceType }) => resourceType === type);

/** Opens the launcher's page, which frames the app from another site. */
async function launchFrom(page: Page, ehr: ForeignEhr, order?: string) {
  const framed = page.waitForRequest((request) => request.isNavigationRequest() && request.url().startsWith(`${product.refloop}/launch`));
  await page.goto(`${ehr.launcher}/?patient=1${order ? `&order=${order}` : ''}`);
  const headers = await (await framed).allHeaders();
  expect(headers['sec-fetch-site'], 'the app is framed from another site').toBe('cross-site');
  return appFrame(page);
}

test('the launched order is updated: no banner said, no expiry, HAPI’s pages, writes answered without a body', async ({ page }) => {
  const { updates: ehr } = clinics;
  const app = await launchFrom(page, ehr, 'order-1');
  await readyToApprove(app);
  await expect(app.getByRole('region', { name: 'Patient' }), 'silence about the banner counts as “show one”').toContainText('Abernathy');
  expect(await specialists(app).count()).toBeGreaterThanOrEqual(3);
  await expect(app.getByText('≈').first(), 'placed by the ZIP+4 alone').toBeVisible();
  await expect(app.getByText('were read in part'), 'seven problems came on two pages').toHaveCount(0);
  await expect(app.getByText('Will update this order in the chart, sends nothing else')).toBeVisible();
  await approveButton(app).click();
  await settled(app);
  const [order, ...others] = held(ehr, 'ServiceRequest');
  expect(others, 'one order, the launched one').toEqual([]);
  expect(order).toMatchObject({
    id: 'order-1',
    status: 'active',
    extension: [{ valueString: 'kept as it is' }],
    contained: [{ id: 'desk' }],
    requester: { reference: 'Practitioner/dr-okafor' },
  });
  expect(order?.['insurance'], 'the plan was recognised, though its payor is contained').toEqual([{ reference: 'Coverage/coverage-1' }]);
  for (const type of ['DocumentReference', 'Task', 'Provenance']) expect(held(ehr, type), type).toHaveLength(1);
  await app.getByRole('button', { name: 'Back to chart' }).click();
  await expect(page.locator('iframe'), 'the launcher is told, though its origin is not the FHIR server’s').toHaveCount(0);
});

test('without a launched order the clinician says what is asked, and an order is created', async ({ page }) => {
  const { bare: ehr } = clinics;
  const app = await launchFrom(page, ehr);
  await app.getByRole('combobox', { name: 'Specialty' }).click();
  await app.getByRole('option', { name: 'Dermatology', exact: true }).click();
  await app.getByRole('textbox', { name: 'Reason' }).fill('New pigmented lesion on the left forearm, growing for two months');
  await app.getByRole('textbox', { name: 'Reason' }).press('Tab');
  await readyToApprove(app);
  await expect(app.getByText('Will create a new order in the chart, sends nothing else')).toBeVisible();
  await approveButton(app).click();
  await settled(app);
  const made = held(ehr, 'ServiceRequest').find(({ status }) => status === 'active');
  expect(JSON.stringify(made?.['reasonCode'])).toContain('pigmented lesion');
  expect(made).not.toHaveProperty('basedOn');
  for (const type of ['DocumentReference', 'Task', 'Provenance']) expect(held(ehr, type), type).toHaveLength(1);
});

test('without order update a new order is created, and says which one it rests on', async ({ page, context }) => {
  const { creates: ehr } = clinics;
  const app = await launchFrom(page, ehr, 'order-1');
  await readyToApprove(app);
  await expect(app.getByRole('region', { name: 'Patient' }), 'Patient/1 of this EHR, not of the other').toContainText('Zielinski');
  // Patient/1 of another EHR, in the same browser at the same time.
  const beside = await launchFrom(await context.newPage(), clinics.updates);
  await expect(beside.getByRole('region', { name: 'Patient' })).toContainText('Abernathy');
  await expect(app.getByRole('region', { name: 'Patient' })).toContainText('Zielinski');
  await expect(app.getByText('Will create a new order in the chart, sends nothing else')).toBeVisible();
  await approveButton(app).click();
  await settled(app);
  const orders = held(ehr, 'ServiceRequest');
  expect(new Set(orders.map(({ status }) => status))).toEqual(new Set(['active', 'draft']));
  expect(orders).toHaveLength(2);
  const made = orders.find(({ status }) => status === 'active');
  expect(made).toMatchObject({ basedOn: [{ reference: 'ServiceRequest/order-1' }] });
  expect(made?.['performer'], 'not whoever the EHR answers a search by NPI with').toMatchObject([
    { identifier: { system: 'http://hl7.org/fhir/sid/us-npi' } },
  ]);
  for (const type of ['DocumentReference', 'Task', 'Provenance']) expect(held(ehr, type), type).toHaveLength(1);
});

test('an old EHR without versions, with v1 scopes and no search by identifier gets an order of its own', async ({ page }) => {
  const { old: ehr } = clinics;
  const app = await launchFrom(page, ehr, 'order-1');
  await expect(decision(app).getByText('it is left as it is. The referral gets an order of its own')).toBeVisible();
  await readyToApprove(app);
  await expect(app.getByText('Documents could not be read: not granted to Refloop.')).toBeVisible();
  await approveButton(app).click();
  await settled(app);
  await expect(decision(app).getByText('This EHR did not grant Refloop to file a document.')).toBeVisible();
  const orders = held(ehr, 'ServiceRequest');
  expect(new Set(orders.map(({ status }) => status))).toEqual(new Set(['active', 'draft']));
  expect(orders).toHaveLength(2);
  expect(held(ehr, 'Provenance')).toHaveLength(1);
  expect([...held(ehr, 'DocumentReference'), ...held(ehr, 'Task')]).toEqual([]);
});

test('where documents are taken and orders are not, the packet is filed and the order stays the clinician’s to place', async ({ page }) => {
  const { reads: ehr } = clinics;
  const app = await launchFrom(page, ehr, 'order-1');
  await readyToApprove(app);
  await expect(app.getByText('Will file the note; the order stays yours to place')).toBeVisible();
  await expect(decision(app).getByText('This EHR does not let apps create an order.')).toBeVisible();
  await expect(app.getByText('the EHR pointed to another server').first()).toBeVisible();
  await approveButton(app).click();
  await expect(decision(app).getByText('Write-back: Note filed; the order is yours to place')).toBeVisible();
  await expect(decision(app).getByText('place or sign the order there')).toBeVisible();
  expect(
    held(ehr, 'ServiceRequest').map(({ status }) => status),
    'the launched order is as it was',
  ).toEqual(['draft']);
  const [note, ...others] = held(ehr, 'DocumentReference').filter(({ content }) => JSON.stringify(content).includes('application/pdf'));
  expect(others).toEqual([]);
  expect(note).toMatchObject({
    type: { coding: [{ code: '57133-1' }] },
    context: { related: [{ reference: 'ServiceRequest/order-1' }] },
    content: [{ attachment: { contentType: 'application/pdf' } }, { attachment: { contentType: 'text/plain; charset=utf-8' } }],
  });
});

test('where nothing can be written the decision is kept, the page says so and gives the note to copy and the PDF to take', async ({
  page,
}) => {
  const { silent: ehr } = clinics;
  const app = await launchFrom(page, ehr, 'order-1');
  await readyToApprove(app);
  await expect(app.getByText('Nothing can be written here')).toBeVisible();
  await approveButton(app).click();
  await expect(decision(app).getByText('Write-back: Nothing is written to this chart')).toBeVisible();
  await expect(decision(app).getByText('enter the order there')).toBeVisible();
  await app.getByRole('button', { name: 'Copy the note' }).click();
  await expect(decision(app).getByText('The note was copied.'), 'the frame has no permission for the Clipboard API').toBeVisible();
  const pasted = page.getByRole('textbox', { name: 'Paste' });
  await pasted.click();
  await page.keyboard.press('Control+V');
  await expect(pasted).toHaveValue(/Palpitations on effort for six weeks/);
  const downloading = page.waitForEvent('download');
  await app.getByRole('button', { name: 'Download the PDF' }).click();
  const file = await downloading;
  expect(file.suggestedFilename(), 'no name, no id').toBe('referral.pdf');
  expect(file.url(), 'no address that opens anything').toMatch(/^blob:/);
  expect(
    readFileSync(await file.path())
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-');
  expect(held(ehr, 'ServiceRequest').map(({ status }) => status)).toEqual(['draft']);
});
