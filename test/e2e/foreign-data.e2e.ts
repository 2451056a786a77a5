/** `--data DIR`: charts that this project did not write, loaded into a product of their own, and a referral for one of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Bundle } from '@medplum/fhirtypes';
import { type Product, startProduct } from '../support/product.ts';
import { approveButton, decision, noteSentences, patientBanner, readyToApprove, settled, specialists } from './support/refer-page.ts';
import { launch, launches } from './support/sandbox.ts';
import { openChart, textOf, writtenTo } from './support/smart-client.ts';
import { expect, test } from './support/test.ts';

const FOLDER = resolve(import.meta.dirname, 'fixtures', 'foreign-data');

let product: Product;

test.beforeAll(async () => {
  // It imports a directory of its own.
  test.setTimeout(600_000);
  product = await startProduct({ args: ['--data', FOLDER] });
});
test.afterAll(() => product?.stop());

test('a folder of bundles in Synthea’s shape takes the place of the built-in patients, and its report adds up', async () => {
  const files = readdirSync(join(FOLDER, 'fhir')).map((file) => JSON.parse(readFileSync(join(FOLDER, 'fhir', file), 'utf8')) as Bundle);
  const report = JSON.parse(readFileSync(join(product.state, 'import-report.json'), 'utf8')) as {
    read: number;
    taken: number;
    refused: unknown[];
  };
  expect(report.read).toBe(files.reduce((sum, { entry }) => sum + (entry?.length ?? 0), 0));
  expect(report).toMatchObject({ taken: report.read, refused: [] });
  const { patients, users } = await launches(product.ehr);
  expect(patients.map(({ name }) => name).sort()).toEqual(['Handwritten204, Imelda31', 'Handwritten205, Corwin08']);
  expect(users.map(({ id }) => id).sort()).toEqual(['admin', 'clinician', 'coordinator', 'covering', 'lead', 'nurse']);
});

test('a referral without an order goes through for one of its patients', async ({ page }) => {
  const { patients } = await launches(product.ehr);
  const patient = patients.find(({ name }) => name.startsWith('Handwritten204'))?.id ?? '';
  const request = { user: 'clinician', patient };
  await page.goto((await launch(request, product.ehr)).url);
  await expect(patientBanner(page)).toContainText('Handwritten204');
  await page.getByRole('combobox', { name: 'Specialty' }).click();
  await page
    .getByRole('option', { name: /^Cardiology/ })
    .first()
    .click();
  await page.getByRole('textbox', { name: 'Reason', exact: true }).fill('New atrial fibrillation with a fast rate');
  await expect(specialists(page).first()).toBeVisible();
  await expect(
    noteSentences(page)
      .filter({ hasText: /atrial fibrillation/i })
      .first(),
  ).toBeVisible();
  await readyToApprove(page);
  await specialists(page).first().check();
  await expect(decision(page).getByText('Network unknown'), 'the chart names no plan of the directory').toBeVisible();
  await page.getByRole('combobox', { name: 'Reason for this specialist' }).click();
  await page.getByRole('option').first().click();
  await expect(decision(page).getByText('Draft saved')).toBeVisible();
  await approveButton(page).click();
  await settled(page);
  const { orders, notes, tasks, provenance } = await writtenTo(
    await openChart(request, { ehr: product.ehr, refloop: product.refloop }),
    patient,
  );
  expect([orders.length, notes.length, tasks.length, provenance.length]).toEqual([1, 1, 1, 1]);
  expect(orders[0]?.intent).toBe('order');
  expect(textOf(notes[0])).toMatch(/atrial fibrillation/i);
});
