/** What the Refer page loads first and what it fetches ahead: the budget, Refloop going down, and a file that does not come. */
import type { Page } from '@playwright/test';
import { INITIAL_JAVASCRIPT_BUDGET, watchJavascript } from '../support/initial-javascript.ts';
import { expectAccessible } from './support/accessible.ts';
import { openApp, readyToApprove, specialists } from './support/refer-page.ts';
import { ofOrder, REFLOOP } from './support/sandbox.ts';
import { expect, test } from './support/test.ts';

/** The scripts that are loaded later, by name; what the page itself is made of comes in more than one file. */
const LATER = /\/assets\/(?:later-file|CenterPage|InsightsPage|Modal)-[^/]*\.js$/;

const keys = (page: Page) => page.getByRole('dialog', { name: 'Keyboard shortcuts' });

test('what is needed for the first list is within the budget; the rest is there before Refloop goes down', async ({ page }) => {
  const javascript = watchJavascript(page);
  await openApp(page, ofOrder('cardiology-5'));
  await readyToApprove(page);
  expect(javascript.initialBytes()).toBeGreaterThan(100_000);
  expect(javascript.initialBytes()).toBeLessThanOrEqual(INITIAL_JAVASCRIPT_BUDGET);
  expect(javascript.initial().join(' '), 'a clinician loads no view of Insights').not.toMatch(/View-|InsightsPage|echarts/);
  await expect.poll(() => javascript.later().join(' '), 'fetched ahead, with nothing pressed').toContain('later-file');
  await page.waitForLoadState('networkidle');

  await page.route(`${REFLOOP}/**`, (route) => route.abort('connectionrefused'));
  await page.getByRole('button', { name: 'Keys' }).click();
  await expect(keys(page).getByRole('switch', { name: /Single keys work/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Keys' })).toBeFocused();
  await page.getByRole('button', { name: 'Someone else…' }).click();
  await expect(page.getByRole('dialog', { name: 'Someone else' })).toBeVisible();
});

test('a page that needs no account loads nothing of the app, and bears its typeface', async ({ page }) => {
  const app = await (await page.request.get(`${REFLOOP}/app`)).text();
  const appScripts = [...app.matchAll(/\/assets\/[\w-]+\.(?:js|css)/g)].map(([script]) => script);
  expect(appScripts.length).toBeGreaterThan(1);
  for (const path of ['office', 'patient']) {
    const sheets: Promise<number>[] = [];
    const ofTheApp: string[] = [];
    page.on('response', (response) => {
      if (appScripts.some((script) => response.url().endsWith(script))) ofTheApp.push(response.url());
      if (response.url().endsWith('.css')) sheets.push(response.body().then(({ byteLength }) => byteLength));
    });
    await page.goto(`${REFLOOP}/${path}#${'x'.repeat(43)}`);
    await expect(page.locator('main')).toBeVisible();
    expect(await page.evaluate(() => getComputedStyle(document.body).fontFamily), path).toMatch(/^"Inter Variable"/);
    const bytes = (await Promise.all(sheets)).reduce((sum, each) => sum + each, 0);
    expect(bytes, path).toBeGreaterThan(2_000);
    expect(bytes, path).toBeLessThan(20_000);
    expect(ofTheApp, path).toEqual([]);
    page.removeAllListeners('response');
  }
});

test('what writes an approved plan does not come: nothing is approved, and it is said', async ({ page }) => {
  const approvals: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/approvals')) approvals.push(request.url());
  });
  await page.route(/\/assets\/plan-flow-[^/]*\.js$/, (route) => route.abort('connectionrefused'));
  await openApp(page, ofOrder('cardiology-5'));
  await readyToApprove(page);
  await page.locator('body').press('Control+Enter');
  await expect(page.getByText(/^A part of this page did not come, so nothing was approved\./)).toBeVisible();
  expect(approvals).toEqual([]);
  await expect(page.getByRole('button', { name: /^Approve for / })).toBeEnabled();
});

test('a part that does not come is said and tried again, and the page goes on without it', async ({ page }) => {
  await page.route(LATER, (route) => route.abort('connectionrefused'));
  await openApp(page, ofOrder('allergy-2'));
  await readyToApprove(page);
  const missing = page.getByRole('dialog', { name: 'Not loaded' });
  await page.getByRole('button', { name: 'Keys' }).click();
  await expect(missing.getByRole('alert')).toContainText('could not be loaded');
  await expectAccessible(page, 'a part that did not come');
  await missing.getByRole('button', { name: 'Try again' }).click();
  await expect(missing.getByRole('alert'), 'still not there').toContainText('could not be loaded');
  await page.keyboard.press('Escape');
  await expect(missing).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Keys' })).toBeFocused();
  await specialists(page).nth(1).check();
  await expect(specialists(page).nth(1)).toBeChecked();

  await page.getByRole('button', { name: 'Keys' }).click();
  await expect(missing).toBeVisible();
  await page.unroute(LATER);
  await missing.getByRole('button', { name: 'Try again' }).click();
  await expect(keys(page)).toBeVisible();
  await expect(missing).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Keys' })).toBeFocused();
});

for (const [request, part] of [
  [
    { ...ofOrder('gynecology-3'), user: 'nurse' },
    { role: 'button', name: /^Send to / },
  ],
  [{ user: 'admin' }, { role: 'link', name: 'Audit' }],
] as const) {
  test(`a page that waits for its part says so, and has it after another try: ${request.user}`, async ({ page }) => {
    await page.route(LATER, (route) => route.abort('connectionrefused'));
    await openApp(page, request);
    const alert = page.getByRole('alert').filter({ hasText: 'could not be loaded' });
    await expect(alert).toBeVisible();
    await expectAccessible(page, 'a part that did not come');
    await page.unroute(LATER);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole(part.role, { name: part.name })).toBeVisible();
    await expect(alert).toHaveCount(0);
  });
}
