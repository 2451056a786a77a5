/** Work that is broken off: by the EHR, by Refloop, by the person. Nothing is lost or doubled, and nothing is called done that is not. */
import type { ServiceRequest } from '@medplum/fhirtypes';
import type { Browser, Page } from '@playwright/test';
import { approveButton, decision, openApp, readyToApprove, settled, specialists } from './support/refer-page.ts';
import { draftOrder, EHR, ofOrder, REFLOOP, setFaults } from './support/sandbox.ts';
import { type Chart, openChart, writtenTo } from './support/smart-client.ts';
import { expect, test } from './support/test.ts';

const writeBack = (page: Page, text: string | RegExp) => decision(page).getByText(typeof text === 'string' ? `Write-back: ${text}` : text);
const reference = (page: Page) => decision(page).getByText(/^Reference [0-9A-Z]{4}-[0-9A-Z]{4}$/);

async function expectOnce(chart: Chart, patient: string): Promise<void> {
  const { orders, notes, tasks, provenance } = await writtenTo(chart, patient);
  expect(orders.map(({ id }) => id)).toEqual([draftOrder(patient)]);
  expect([notes.length, tasks.length, provenance.length]).toEqual([1, 1, 1]);
}

async function expectNothing(chart: Chart, patient: string): Promise<void> {
  expect(await writtenTo(chart, patient)).toEqual({ orders: [], notes: [], tasks: [], provenance: [] });
}

/** The order as somebody else leaves it in the chart. */
async function leaveOrder(chart: Chart, patient: string, more: Partial<ServiceRequest>): Promise<void> {
  const order = await chart.read<ServiceRequest>(`ServiceRequest/${draftOrder(patient)}`);
  const answer = await chart.send(`ServiceRequest/${order.id}`, {
    method: 'PUT',
    body: { ...order, ...more },
    headers: { 'if-match': `W/"${order.meta?.versionId}"` },
  });
  expect(answer.status).toBe(200);
}

test('the EHR goes down: the approval is queued with a reference, and written by itself when the EHR is back', async ({ page }) => {
  const patient = 'gastroenterology-5';
  const chart = await openChart(ofOrder(patient));
  const launched = await openApp(page, ofOrder(patient));
  await readyToApprove(page);
  await setFaults(launched, ['down']);
  await approveButton(page).click();
  await expect(writeBack(page, 'Queued, nothing is written yet')).toBeVisible();
  await expect(decision(page).getByText('Decision: Approved')).toBeVisible();
  await expect(decision(page)).toContainText('The EHR does not answer. The approval is on record and waits');
  await expect(decision(page)).toContainText(/Tried again by itself at \d\d:\d\d:\d\d/);
  await expect(reference(page)).toBeVisible();
  await expect(decision(page).getByText(/Written to the chart/)).toHaveCount(0);
  await expectNothing(chart, patient);
  await setFaults(launched, []);
  await expect(writeBack(page, 'Written to the chart')).toBeVisible();
  await expectOnce(chart, patient);
});

test('Refloop goes down while approving: it says so, keeps the draft, and the approval counts once when it is back', async ({ page }) => {
  const patient = 'gastroenterology-6';
  const chart = await openChart(ofOrder(patient));
  await openApp(page, ofOrder(patient));
  await readyToApprove(page);
  const approvals: string[] = [];
  let down = true;
  // The first one arrives, and its answer is lost; what follows does not arrive at all.
  await page.route(`${REFLOOP}/approvals`, async (route) => {
    approvals.push((route.request().postDataJSON() as { idempotencyKey: string }).idempotencyKey);
    if (approvals.length === 1) await route.fetch();
    return down ? route.abort() : route.fallback();
  });
  await approveButton(page).click();
  await expect(decision(page)).toContainText('Refloop’s server does not answer');
  await expect(decision(page)).toContainText('nothing is written to the chart yet');
  await expectNothing(chart, patient);
  down = false;
  await settled(page);
  expect(new Set(approvals).size, 'one press, one key').toBe(1);
  expect(approvals.length).toBeGreaterThan(3);
  await expectOnce(chart, patient);
});

test('who stops waiting for Refloop and approves again is told that it is on record, and finishes it', async ({ page }) => {
  const patient = 'urology-3';
  const chart = await openChart(ofOrder(patient));
  await openApp(page, ofOrder(patient));
  await readyToApprove(page);
  let down = true;
  // Each arrives; the answers are lost.
  await page.route(`${REFLOOP}/approvals`, async (route) => {
    if (!down) return route.fallback();
    await route.fetch();
    return route.abort();
  });
  await approveButton(page).click();
  await page.getByRole('button', { name: 'Stop trying' }).click();
  await expect(decision(page)).toContainText('Whether it recorded the approval is not known');
  down = false;
  await approveButton(page).click();
  await expect(page.getByText('This referral is approved and on record.')).toBeVisible();
  await page.getByRole('button', { name: 'Finish writing' }).click();
  await settled(page);
  await expectOnce(chart, patient);
});

test('the laptop is closed after the order was written: the next launch finishes it, and writes nothing twice', async ({
  page,
  context,
}) => {
  const patient = 'dermatology-5';
  const chart = await openChart(ofOrder(patient));
  await openApp(page, ofOrder(patient));
  await readyToApprove(page);
  await page.route(/\/plans\/[^/]+\/steps\/ServiceRequest$/, async (route) => {
    await route.abort();
    await page.close();
  });
  const closed = page.waitForEvent('close');
  await approveButton(page).click();
  await closed;
  expect(
    (await writtenTo(chart, patient)).orders.map(({ id }) => id),
    'written, and nobody was told',
  ).toEqual([draftOrder(patient)]);
  const next = await context.newPage();
  await openApp(next, ofOrder(patient));
  await expect(next.getByRole('heading', { name: 'You left work here' })).toBeVisible();
  await expect(next.getByText('not confirmed in the chart yet: order, task (draft), provenance')).toBeVisible();
  await next.getByRole('button', { name: 'Finish writing' }).click();
  await expect(writeBack(next, 'Written to the chart')).toBeVisible({ timeout: 180_000 });
  await expectOnce(chart, patient);
});

test('the access ends in the middle: what is written is kept, and the next launch finishes the rest', async ({ page }) => {
  const patient = 'orthopedics-5';
  const chart = await openChart(ofOrder(patient));
  const launched = await openApp(page, ofOrder(patient));
  await readyToApprove(page);
  await page.route(/\/plans\/[^/]+\/steps\/DocumentReference$/, async (route) => {
    await setFaults(launched, ['request_expired_token']);
    await route.continue();
  });
  await approveButton(page).click();
  await expect(decision(page)).toContainText('Your EHR session ended before everything was written');
  await expect(writeBack(page, 'Unfinished, 1 of 4 written')).toBeVisible();
  expect((await writtenTo(chart, patient)).notes).toHaveLength(1);
  await openApp(page, ofOrder(patient));
  await page.getByRole('button', { name: 'Finish writing' }).click();
  await expect(writeBack(page, 'Written to the chart')).toBeVisible({ timeout: 180_000 });
  await expectOnce(chart, patient);
});

test('a tab that is duplicated opens no second session, and the first goes on', async ({ page, context }) => {
  const patient = 'orthopedics-6';
  const chart = await openChart(ofOrder(patient));
  await openApp(page, ofOrder(patient));
  await readyToApprove(page);
  const copy = await context.newPage();
  // What a browser copies along with a tab.
  const kept = await page.evaluate(() =>
    JSON.stringify(Object.fromEntries(Object.keys(sessionStorage).map((key) => [key, sessionStorage.getItem(key)]))),
  );
  await copy.addInitScript((text) => {
    for (const [key, value] of Object.entries(JSON.parse(text) as Record<string, string>)) sessionStorage.setItem(key, value);
  }, kept);
  await copy.goto(page.url());
  await expect(copy.getByRole('heading', { name: /There is no open launch in this window|Session ended/ })).toBeVisible();
  await expect(specialists(copy)).toHaveCount(0);
  await approveButton(page).click();
  await settled(page);
  await expectOnce(chart, patient);
});

async function twoClinicians(browser: Browser, patient: string, work: (first: Page, second: Page) => Promise<void>): Promise<void> {
  const [one, other] = [await browser.newContext(), await browser.newContext()];
  try {
    const [first, second] = [await one.newPage(), await other.newPage()];
    await openApp(first, ofOrder(patient));
    await readyToApprove(first);
    await openApp(second, { ...ofOrder(patient), user: 'lead' });
    await readyToApprove(second);
    await work(first, second);
  } finally {
    await Promise.all([one.close(), other.close()]);
  }
}

test('two clinicians on one order: one referral, and the other is told whose it is', async ({ browser }) => {
  const patient = 'orthopedics-7';
  const chart = await openChart(ofOrder(patient));
  await twoClinicians(browser, patient, async (first, second) => {
    await approveButton(second).click();
    await settled(second);
    await approveButton(first).click();
    // The order is at another version now; what the first one saw is no more.
    await expect(first.getByRole('heading', { name: 'This order was changed in the chart' })).toBeVisible();
    await first.getByRole('button', { name: 'Continue with the changed order' }).click();
    await expect(first.getByText(/This referral was approved for .* Nothing was approved twice/).first()).toBeVisible();
    await expect(approveButton(first), 'nothing is left to approve').toBeDisabled();
  });
  await expectOnce(chart, patient);
});

test('an order revoked while the clinician works is told as such, and nothing is written to it', async ({ page }) => {
  const patient = 'endocrinology-3';
  const chart = await openChart(ofOrder(patient));
  await openApp(page, ofOrder(patient));
  await readyToApprove(page);
  await leaveOrder(chart, patient, { status: 'revoked' });
  await approveButton(page).click();
  await expect(page.getByRole('heading', { name: 'This order is revoked in the chart' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Back to chart' })).toBeFocused();
  await expectNothing(chart, patient);
});

test('an order signed while the clinician works is shown as signed and approved again', async ({ page }) => {
  const patient = 'neurology-3';
  const chart = await openChart(ofOrder(patient));
  await openApp(page, ofOrder(patient));
  await readyToApprove(page);
  await leaveOrder(chart, patient, { status: 'active' });
  await approveButton(page).click();
  await expect(page.getByRole('row', { name: /^Status/ })).toContainText('active');
  await page.getByRole('button', { name: 'Continue with the changed order' }).click();
  await readyToApprove(page);
  await approveButton(page).click();
  await settled(page);
  await expectOnce(chart, patient);
});

const record = (path: string, body: object): Promise<Response> =>
  fetch(`${EHR}/records/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

test('a merged chart is no place to refer from, at launch or when it is merged meanwhile', async ({ page }) => {
  await openApp(page, ofOrder('merged'));
  await expect(page.getByRole('heading', { name: 'This chart was merged into another' })).toBeVisible();

  const patient = 'neurology-4';
  const chart = await openChart(ofOrder(patient));
  await openApp(page, ofOrder(patient));
  await readyToApprove(page);
  expect((await record(`${patient}/merge`, { into: 'merged-into' })).ok).toBe(true);
  await approveButton(page).click();
  await expect(page.getByRole('heading', { name: 'This chart was merged into another' })).toBeVisible();
  await expect(page.getByText('Nothing was written', { exact: false })).toBeVisible();
  await expectNothing(chart, patient);
});

test('a patient who died is asked about before anything, also when the chart says so meanwhile', async ({ page }) => {
  await openApp(page, ofOrder('deceased-boolean'));
  await expect(page.getByRole('heading', { name: 'Is this referral still meant?' })).toBeVisible();
  await page.getByRole('button', { name: 'Close this referral' }).click();
  await expect(page.getByRole('heading', { name: 'Closed without ordering' })).toBeVisible();

  const patient = 'pulmonology-3';
  const chart = await openChart(ofOrder(patient));
  await openApp(page, ofOrder(patient));
  await readyToApprove(page);
  expect((await record(`${patient}/death`, { at: '2026-11-27' })).ok).toBe(true);
  await approveButton(page).click();
  await expect(page.getByRole('heading', { name: 'Is this referral still meant?' })).toBeVisible();
  await expectNothing(chart, patient);
  await page.getByRole('button', { name: 'Go on with the referral' }).click();
  await expect(approveButton(page)).toBeVisible();
});
