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

test('what is lost stands side by side and is never added; contracts, a pilot and unverified figures each with what they rest on', async ({
  page,
}) => {
  test.slow();
  await openInsights(page);
  const lost = page.getByRole('region', { name: 'What is lost, and could it have been avoided' });
  await expect(lost.getByText('The two are never added, nor to the numbers below')).toBeVisible();
  await expect(lost.getByRole('list', { name: 'Side by side, never added' }).getByRole('listitem')).toHaveCount(4);
  await lost
    .getByRole('region', { name: /^Never seen/ })
    .getByRole('button', { name: /^avoidable/ })
    .click();
  const dialog = page.getByRole('dialog', { name: 'Lost referrals: Never seen, avoidable' });
  await dialog.getByRole('textbox', { name: 'What do you need the rows for?' }).fill('Monthly review');
  await dialog.getByRole('button', { name: 'Counted' }).click();
  await expect(dialog.getByRole('row').nth(1)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(
    page.getByRole('region', { name: 'Why patients were seen outside' }).getByRole('row', { name: /never a leak/ }),
  ).toBeVisible();

  const contracting = page.getByRole('region', { name: 'With whom a contract would bring patients back' });
  await expect(contracting.getByText(/too few to name|NPI \d{10}/).first()).toBeVisible();

  const pilot = page.getByRole('region', { name: 'What a pilot may have changed' });
  await pilot.getByRole('combobox', { name: 'Site of the pilot' }).selectOption({ index: 1 });
  await pilot.getByRole('combobox', { name: 'Compared with' }).selectOption({ index: 2 });
  await pilot.getByRole('button', { name: 'Compare' }).click();
  await expect(pilot.getByText(/^Change there minus change at the other:/)).toBeVisible();
  await expect(pilot.getByText(/^A change is not an effect/)).toBeVisible();
  await pilot.getByRole('combobox', { name: 'Compared with' }).selectOption({ index: 1 });
  await pilot.getByRole('button', { name: 'Compare' }).click();
  await expect(pilot.getByRole('alert')).toContainText('A site cannot be compared with itself');

  await page.getByText('Figures you may have been told, and why they are not drawn here').click();
  await expect(page.getByRole('row', { name: /45 % of referral revenue leaks/ })).toContainText('No primary source was found');
  await expectAccessible(page, 'Insights, losses');
  await page.setViewportSize({ width: 360, height: 800 });
  await expectFits(page, 'Insights, losses, 360 px');
});
