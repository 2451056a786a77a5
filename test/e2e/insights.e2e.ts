/** Insights over a simulated practice: what is planted in it is found on the page, and the rows behind a mark are at hand. */
import type { Page } from '@playwright/test';
import { type Product, startProduct } from '../support/product.ts';
import { expectAccessible, expectFits } from './support/accessible.ts';
import { launch } from './support/sandbox.ts';
import { expect, test } from './support/test.ts';

const REFERRALS = 2500;

let product: Product;

test.beforeAll(async () => {
  test.setTimeout(240_000);
  product = await startProduct({ env: { REFLOOP_HISTORY: String(REFERRALS) } });
});
test.afterAll(() => product?.stop());

/** History is loaded beside the product, and a snapshot made of it: the page says how far it is. */
async function openInsights(page: Page): Promise<void> {
  await page.goto((await launch({ user: 'lead' }, product.ehr)).url);
  await page.getByRole('link', { name: 'Insights' }).click();
  await expect(async () => {
    await page.getByRole('button', { name: 'Refresh', exact: true }).click();
    await expect(page.getByText(/From 2,5\d\d referrals/)).toBeVisible({ timeout: 4000 });
  }).toPass({ timeout: 120_000 });
}

test('a lead finds where cardiology leaks and the rows behind it, in six actions', async ({ page }) => {
  test.slow();
  await openInsights(page);
  const leakage = page.getByRole('region', { name: 'Network leakage' });
  await expect(page.getByText(/2,500 of them are of a simulated practice: synthetic/)).toBeVisible();
  await expect(page.getByText(/^Of 100 referrals ordered, \d+ were booked and \d+ were seen/)).toBeVisible();

  // 1: the table of leakage, the largest first. 2: its rows. 3: what for. 4: who is counted. 5: close.
  await leakage.getByRole('button', { name: 'Show the table' }).click();
  const worst = leakage.getByRole('row').nth(1);
  await expect(worst).toContainText('Cardiology');
  await worst.getByRole('button', { name: 'Rows behind Network leakage, Cardiology' }).click();
  const dialog = page.getByRole('dialog', { name: 'Network leakage: Cardiology' });
  await dialog.getByRole('textbox', { name: 'What do you need the rows for?' }).fill('Monthly review');
  await dialog.getByRole('button', { name: 'Counted' }).click();
  await expect(dialog.getByRole('row').nth(1)).toContainText('cardiology');
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);

  await page.getByRole('combobox', { name: 'Told apart by' }).selectOption('site');
  await expect(page).toHaveURL(/#insights\/executive\?by=site$/);
  await leakage
    .getByRole('button', { name: 'Show the table' })
    .or(leakage.getByRole('button', { name: 'Show the chart' }))
    .first()
    .waitFor();
  await expectAccessible(page, 'Insights');
  await expectFits(page, 'Insights');
});

test('a view is its address; an address that makes no sense shows everything', async ({ page }) => {
  test.slow();
  await openInsights(page);
  await page.getByRole('combobox', { name: 'Specialty' }).selectOption('cardiology');
  await expect(page).toHaveURL(/#insights\/executive\?specialty=cardiology$/);
  await page.evaluate(() => {
    location.hash = '#insights/nowhere?from=yesterday&by=patient';
  });
  await expect(page.getByRole('combobox', { name: 'Specialty' })).toHaveValue('');
  await expect(page.getByRole('combobox', { name: 'Told apart by' })).toHaveValue('specialty');
});
