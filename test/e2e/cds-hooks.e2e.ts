/** Decision support in the chart: an order is opened, Refloop's card says who is in network, and the card opens Refloop with that order. */

import type { Page } from '@playwright/test';
import { expectAccessible, expectFits } from './support/accessible.ts';
import { appFrame, draftOrder, EHR, signIn } from './support/sandbox.ts';
import { expect, test } from './support/test.ts';

/** A busy machine may be later than the half second; the chart then goes on without a card, as it should, and the order is opened anew. */
async function cardOfOrder(page: Page) {
  const card = page.getByRole('article');
  await expect(async () => {
    await page.reload();
    await expect(card.getByRole('heading', { name: /^In network for .+ leads 3 matches\.$/ })).toBeVisible({ timeout: 3000 });
  }).toPass();
  return card;
}

test('the card of a draft order names three in network and opens Refloop with the order; left aside, it is told', async ({ page }) => {
  const patient = 'gynecology-5';
  await signIn(page, /Maren Oduya/);
  await page.goto(`${EHR}/patients/${patient}`);
  await page
    .locator(`tr[data-order="${draftOrder(patient)}"]`)
    .getByRole('link')
    .first()
    .click();
  const card = await cardOfOrder(page);
  await expect(card.getByRole('listitem')).toHaveCount(3);
  const [leader = ''] = (await card.getByRole('listitem').first().locator('strong').allInnerTexts()).slice(0, 1);
  expect(leader).not.toBe('');
  await expectAccessible(page, 'the order');
  await expectFits(page, 'the order');

  await card.getByRole('button', { name: 'Refer with Refloop' }).click();
  const app = appFrame(page);
  await expect(app.getByText(leader).first(), 'the app ranks as the card did, for the order the card named').toBeVisible();

  await page.goto(`${EHR}/patients/${patient}/orders/${draftOrder(patient)}`);
  await (await cardOfOrder(page)).getByRole('combobox', { name: 'Why it is left aside' }).selectOption({ label: 'None of these fits' });
  const told = page.waitForResponse((response) => response.url().endsWith('/cards/dismissal'));
  await card.getByRole('button', { name: 'Leave aside' }).click();
  expect((await told).status()).toBe(303);
  await expect(page.getByRole('heading', { name: /^Orders/ })).toBeVisible();
});
