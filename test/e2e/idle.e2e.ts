/** Fifteen minutes without pointer, key or touch end the session, with a warning before; the draft is kept. */
import type { Page } from '@playwright/test';
import { editSentence, openApp, readyToApprove, specialists } from './support/refer-page.ts';
import { ofOrder, REFLOOP } from './support/sandbox.ts';
import { expect, test } from './support/test.ts';

const OWN_WORDS = 'Prefers a morning visit because of shift work.';

const warning = (page: Page) => page.getByRole('dialog', { name: 'Still there?' });

/** Opens the app under a clock that the test turns. */
async function openUnderClock(page: Page, patient: string): Promise<void> {
  await page.clock.install();
  await openApp(page, ofOrder(patient));
  await readyToApprove(page);
}

/** Minutes in which the page goes on by itself, second by second, as it would. */
const pass = (page: Page, minutes: number) => page.clock.runFor(minutes * 60_000);

test('idle: warned, ended, the data gone, the draft offered on the next launch', async ({ page }) => {
  const patient = 'dermatology-2';
  await openUnderClock(page, patient);
  await editSentence(page, 0, OWN_WORDS);
  await expect(page.getByText('Draft saved')).toBeVisible();
  let asked = 0;
  page.on('request', () => {
    asked += 1;
  });
  await pass(page, 12);
  await expect(warning(page)).toHaveCount(0);
  await pass(page, 2.5);
  await expect(warning(page)).toBeVisible();
  await pass(page, 1);
  await expect(page.getByRole('heading', { name: 'Session ended' })).toBeVisible();
  await expect(page.getByText('There was no activity on this page for a while.')).toBeVisible();
  expect(await page.content()).not.toContain('Penhallow');
  expect(await page.evaluate(() => Object.keys(sessionStorage)), 'no token stays in the browser').toEqual([]);
  expect(asked, 'nothing but the sign-out was sent').toBeLessThanOrEqual(2);

  await openApp(page, ofOrder(patient));
  await expect(page.getByRole('heading', { name: 'You left work here' })).toBeVisible();
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByRole('button', { name: new RegExp(OWN_WORDS) })).toBeVisible();
});

test('a key keeps the session, a moving pointer and the page’s own requests do not', async ({ page }) => {
  await openUnderClock(page, 'allergy-1');
  const heard: string[] = [];
  page.on('request', (request) => {
    if (request.url() === `${REFLOOP}/sessions/current/activity`) heard.push(request.method());
  });
  await pass(page, 10);
  expect(heard, 'a page left alone reports no activity').toEqual([]);
  await page.mouse.move(300, 300);
  await page.mouse.move(500, 400);
  // The list asked for again by the page itself, as a change of network or a retry would.
  await page.evaluate(() => fetch('/health'));
  await pass(page, 1);
  expect(heard).toEqual([]);
  await page.keyboard.press('Shift');
  await pass(page, 1);
  expect(heard).toEqual(['POST']);
  await pass(page, 10);
  await expect(warning(page), 'eleven minutes after the key').toHaveCount(0);
  await pass(page, 3);
  await expect(warning(page)).toBeVisible();
  await warning(page).getByRole('button', { name: 'Stay' }).click();
  await expect(warning(page)).toHaveCount(0);
  await pass(page, 5);
  await expect(specialists(page).first()).toBeVisible();
});

test('a session used after it ended is answered as ended', async ({ page, request }) => {
  let bearer = '';
  page.on('request', (sent) => {
    if (sent.url().startsWith(`${REFLOOP}/match`)) bearer = sent.headers()['authorization'] ?? '';
  });
  await openUnderClock(page, 'allergy-1');
  const current = () => request.get(`${REFLOOP}/sessions/current`, { headers: { authorization: bearer } });
  expect((await current()).status()).toBe(200);
  await pass(page, 16);
  await expect(page.getByRole('heading', { name: 'Session ended' })).toBeVisible();
  await expect.poll(async () => (await current()).status()).toBe(401);
});
