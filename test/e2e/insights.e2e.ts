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

test('CMS50 says what our referrals tell and cannot, why it differs from the closed loop, and opens the rows that would still close', async ({
  page,
}) => {
  test.slow();
  await openInsights(page);
  await page.getByRole('link', { name: 'CMS50' }).click();
  const own = page.getByRole('region', { name: /^CMS50, as far as our referrals tell, 2\d{3}$/ });
  await expect(own).toContainText(/\d+\.\d %.*\(95 %\).*n [\d,]+ patients/);
  await expect(own).toContainText('Visits to the practice are not in our events');
  const differences = page.getByRole('region', { name: 'Why one number here and another there' });
  await expect(differences.getByRole('row')).toHaveCount(7);
  await expect(differences).toContainText(/Our closed-loop rate: \d+\.\d % \(95 %: [\d.–]+, n [\d,]+ referrals\)\. CMS50/);
  await expect(page.getByRole('region', { name: 'By who ordered: our own number, not CMS50' })).toContainText('cannot say which clinician');

  const open = page.getByRole('region', { name: 'What would still close' });
  await open.getByRole('button', { name: /^Seen, and no report came back/ }).click();
  const dialog = page.getByRole('dialog', { name: /Seen, and no report came back/ });
  await dialog.getByRole('textbox', { name: 'What do you need the rows for?' }).fill('Ask for the notes');
  await dialog.getByRole('button', { name: 'Counted' }).click();
  await expect(dialog.getByRole('row').nth(1)).toContainText('seen');
  await page.keyboard.press('Escape');

  await page.getByRole('combobox', { name: 'Period' }).selectOption({ index: 1 });
  await expect(page).toHaveURL(/#insights\/cms50\?from=2\d{3}-01&to=2\d{3}-12$/);
  await expect(open).toContainText('The year is over');
  await expectAccessible(page, 'CMS50');
  await expectFits(page, 'CMS50');
});
