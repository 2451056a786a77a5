/** The Referral center: what an administrator, a coordinator and a clinician find there. */
import type { Page } from '@playwright/test';
import { expectAccessible, expectFits } from './support/accessible.ts';
import { approveButton, editSentence, nextRecommendation, openApp, readyToApprove, settled } from './support/refer-page.ts';
import { appFrame, ofOrder, REFLOOP, signIn } from './support/sandbox.ts';
import { expect, test } from './support/test.ts';

const OWN_WORDS = 'Weight up by three kilograms since the last visit.';

test('an administrator reads the record of a referral from what was asked to its proof', async ({ page }) => {
  const asked = nextRecommendation(page);
  await openApp(page, ofOrder('nephrology-1'));
  const recommendation = await asked;
  await readyToApprove(page);
  await editSentence(page, 0, OWN_WORDS);
  await expect(page.getByText('Draft saved')).toBeVisible();
  await approveButton(page).click();
  await settled(page);

  await signIn(page, /Jonah Abara/);
  await page.getByRole('button', { name: 'Referral center' }).click();
  const center = appFrame(page);
  await center.getByRole('link', { name: 'Audit' }).click();
  await expect(center.getByText(/chain verified to entry \d+/)).toBeVisible();
  await center.getByRole('navigation', { name: 'Recommendations' }).locator(`a[href="#audit/${recommendation}"]`).click();
  for (const step of ['Asked', 'Seen', 'Considered', 'Ranked', 'Drafted → signed', 'Decided', 'Written back', 'Proof']) {
    await expect(center.getByRole('region', { name: step, exact: true })).toBeVisible();
  }
  await expect(
    center.getByRole('region', { name: 'Drafted → signed' }).locator('ins').filter({ hasText: 'kilograms' }).first(),
  ).toBeVisible();
  await expect(center.getByRole('region', { name: 'Decided' })).toContainText(/Maren Oduya.* chose /);
  await expect(center.getByRole('region', { name: 'Written back' })).toContainText('Write-back: Written to the chart');
  await expect(center.getByRole('region', { name: 'Proof' })).toContainText(/in the chain, entry \d+/);
  await expect(center.getByText(/patient p-[0-9a-f]+/).first(), 'the patient stands there by pseudonym').toBeVisible();
  await expect(center.getByText('Escobedo')).toHaveCount(0);

  await openApp(page, { user: 'admin' });
  await page.getByRole('link', { name: 'Audit' }).click();
  await page.getByRole('navigation', { name: 'Recommendations' }).locator(`a[href="#audit/${recommendation}"]`).click();
  await expect(page.getByRole('region', { name: 'Proof', exact: true })).toBeVisible();
  await expectAccessible(page, 'the record of a referral');
  await expectFits(page, 'the record of a referral');
});

async function workspaces(page: Page): Promise<string[]> {
  await expect(page.getByRole('navigation', { name: 'Workspaces' })).toBeVisible();
  return page.getByRole('navigation', { name: 'Workspaces' }).getByRole('link').allInnerTexts();
}

async function setAdministrator(page: Page, person: string, on: boolean): Promise<void> {
  await openApp(page, { user: 'admin' });
  await page.getByRole('link', { name: 'Access' }).click();
  await page.getByRole('button', { name: `Change roles of ${person}` }).click();
  const dialog = page.getByRole('dialog', { name: 'Change roles' });
  await dialog.getByRole('checkbox', { name: /Administrator/ }).setChecked(on);
  await dialog.getByRole('button', { name: /Save|Change|Give/ }).click();
  await expect(dialog.getByText('Say why in a few words.')).toBeVisible();
  await dialog.getByRole('textbox', { name: /Why|Reason/ }).fill('Stands in during leave');
  await dialog.getByRole('button', { name: /Save|Change|Give/ }).click();
  await expect(page.getByText('Access changed.')).toBeVisible();
}

test('a role that an administrator gives takes effect, and so does taking it', async ({ page, browser }) => {
  const context = await browser.newContext();
  const lead = await context.newPage();
  await openApp(lead, { user: 'lead' });
  expect(await workspaces(lead)).toEqual([
    'My work',
    'Worklist',
    'Held notes',
    'Exceptions',
    'Insights',
    'Reconciliation',
    'Service levels',
    'Configuration',
  ]);
  await setAdministrator(page, 'Priya Castellan, MD', true);
  await openApp(lead, { user: 'lead' });
  expect(await workspaces(lead)).toEqual([
    'My work',
    'Worklist',
    'Held notes',
    'Exceptions',
    'Insights',
    'Reconciliation',
    'Service levels',
    'Configuration',
    'Audit',
    'Access',
    'This EHR',
  ]);
  await lead.getByRole('link', { name: 'Audit' }).click();
  await expect(lead.getByText(/chain verified to entry/)).toBeVisible();
  await setAdministrator(page, 'Priya Castellan, MD', false);
  await lead.getByRole('button', { name: 'Refresh' }).click();
  await expect(lead.getByText('Your role does not open this page.'), 'at once, in a session that is open').toBeVisible();
  await context.close();
});

test('where access is given, what is refused says why, and what nobody answers is not called undone', async ({ page }) => {
  const silence = /^Refloop’s server does not answer\. Whether this was done is not known; pressing again is safe/;
  await openApp(page, { user: 'admin' });
  await page.getByRole('link', { name: 'Access' }).click();
  await expect(page.getByRole('row', { name: /Teo Lindqvist/ })).toContainText('the sites file');
  await page.getByRole('button', { name: 'Change roles of Teo Lindqvist, RN' }).click();
  const roles = page.getByRole('dialog', { name: 'Change roles' });
  await roles.getByRole('textbox', { name: 'Reason' }).fill('As before');
  const grants = '**/grants/*';
  await page.route(grants, (route) => route.abort());
  await roles.getByRole('button', { name: 'Save' }).click();
  await expect(roles.getByRole('alert')).toHaveText(silence);
  await page.unroute(grants);
  const problem = { type: '/problems/conflict', title: 'Conflict', status: 409, detail: 'Somebody else changed it.', reference: 'a1b2' };
  await page.route(grants, (route) => route.fulfill({ status: 409, json: problem }), { times: 1 });
  await roles.getByRole('button', { name: 'Save' }).click();
  await expect(roles.getByRole('alert')).toHaveText('Access was not changed. Somebody else changed it. (reference a1b2)');
  await roles.getByRole('button', { name: 'Cancel' }).click();

  // A coordinator prepares nothing: the server says so.
  await page.getByRole('button', { name: 'Name somebody' }).click();
  const naming = page.getByRole('dialog', { name: 'Name somebody' });
  for (const [part, name] of [
    ['Who prepares', 'Teo Lindqvist, RN'],
    ['For which clinician', 'Priya Castellan, MD'],
  ] as const) {
    await naming.getByRole('group', { name: part }).getByRole('combobox', { name: 'Take from those with a role' }).click();
    await page.getByRole('option', { name }).click();
  }
  await naming.getByRole('textbox', { name: 'Reason' }).fill('Helps out');
  await page.route('**/delegations', (route) => route.abort(), { times: 1 });
  await naming.getByRole('button', { name: 'Save' }).click();
  await expect(naming.getByRole('alert')).toHaveText(silence);
  await naming.getByRole('button', { name: 'Save' }).click();
  await expect(naming.getByRole('alert')).toContainText(
    'Not a preparer of Refloop at this site. Give this person the role preparer first.',
  );
  await naming.getByRole('button', { name: 'Cancel' }).click();

  await page.getByRole('button', { name: 'Take away: Lucia Ferrante, MD covers for Maren Oduya, MD' }).click();
  const ending = page.getByRole('dialog', { name: 'Take away' });
  await ending.getByRole('textbox', { name: 'Reason' }).fill('Leave is over');
  await page.route('**/delegations/*/end', (route) => route.abort(), { times: 1 });
  await ending.getByRole('button', { name: 'Take away' }).click();
  await expect(ending.getByRole('alert')).toHaveText(silence);
  await ending.getByRole('button', { name: 'Cancel' }).click();
});

test('an administrator reads what this EHR lets Refloop do, and takes it along for IT', async ({ page }) => {
  await openApp(page, { user: 'admin' });
  await page.getByRole('link', { name: 'This EHR' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'What this EHR lets us do' })).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'From a launched order' })).toContainText('rung 1.');
  const order = page.getByRole('row', { name: /Change the launched order/ });
  await expect(order).toContainText('ServiceRequest update');
  await expect(order.getByRole('cell').first()).toContainText('yes');
  await expect(order.getByRole('cell').nth(1), 'nobody can know before a launch').toContainText('asked at launch');
  await expect(page.getByText(/Scopes: .*fhirUser/)).toBeVisible();
  await page.getByRole('button', { name: 'Run the self-test' }).click();
  for (const question of ['The sign-in is described', 'Refloop’s own access', 'The order can be found by Refloop’s identifier'])
    await expect(page.getByRole('row', { name: new RegExp(question) })).toContainText('works');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy the report' }).click();
  await expect(page.getByText('The report was copied.')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/Refloop’s own access \(client_credentials\): works/);
});

test('a clinician has their own list there and no access to anything else, by the page or by the API', async ({ page, request }) => {
  let bearer = '';
  page.on('response', async (response) => {
    if (response.url() === `${REFLOOP}/sessions`) bearer = ((await response.json()) as { token: string }).token;
  });
  await openApp(page, { user: 'clinician' });
  expect(await workspaces(page)).toEqual(['My work', 'Worklist']);
  await expect(page.getByRole('heading', { level: 1, name: 'My work' })).toBeVisible();
  for (const path of ['/grants', '/delegations', '/signers', '/exceptions', '/audit/status', '/audit/recommendations']) {
    const answer = await request.get(`${REFLOOP}${path}`, { headers: { authorization: `Bearer ${bearer}` } });
    expect([path, answer.status()]).toEqual([path, 403]);
    expect((await request.get(`${REFLOOP}${path}`)).status(), `${path} without a session`).toBe(401);
  }
});
