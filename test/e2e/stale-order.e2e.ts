/** Somebody changes the order behind the clinician's back: the change is shown, approving is asked for again, nothing is doubled. */
import type { ServiceRequest } from '@medplum/fhirtypes';
import type { Page } from '@playwright/test';
import { approveButton, decision, openApp, readyToApprove, settled } from './support/refer-page.ts';
import { draftOrder, EHR, ofOrder } from './support/sandbox.ts';
import { type Chart, openChart, writtenTo } from './support/smart-client.ts';
import { expect, test } from './support/test.ts';

const CHANGED_REASON = 'Changed meanwhile: worse since Monday';

/** Another clinician's hand: the order becomes more or less urgent and gives another reason. */
async function changeOrder(chart: Chart, patient: string): Promise<ServiceRequest> {
  const order = await chart.read<ServiceRequest>(`ServiceRequest/${draftOrder(patient)}`);
  const changed: ServiceRequest = {
    ...order,
    priority: order.priority === 'urgent' ? 'routine' : 'urgent',
    reasonCode: [{ ...order.reasonCode?.[0], text: CHANGED_REASON }],
  };
  const answer = await chart.send(`ServiceRequest/${order.id}`, {
    method: 'PUT',
    body: changed,
    headers: { 'if-match': `W/"${order.meta?.versionId}"` },
  });
  expect(answer.status).toBe(200);
  return changed;
}

async function reviewAndApproveAgain(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { name: 'This order was changed in the chart' })).toBeVisible();
  await expect(page.getByRole('alert')).toContainText('Not written.');
  const urgency = page.getByRole('row', { name: /^Urgency/ });
  await expect(urgency.locator('ins')).toHaveText(/^(urgent|routine)$/);
  await expect(urgency.locator('del')).not.toHaveText(await urgency.locator('ins').innerText());
  await expect(page.getByRole('row', { name: /^Reason/ }).locator('ins')).toHaveText(CHANGED_REASON);
  await page.getByRole('button', { name: 'Continue with the changed order' }).click();
  await expect(page.getByRole('textbox', { name: 'Reason' })).toHaveValue(CHANGED_REASON);
  await readyToApprove(page);
  await approveButton(page).click();
  await settled(page);
}

async function expectOnce(chart: Chart, patient: string): Promise<void> {
  const { orders, notes, tasks, provenance } = await writtenTo(chart, patient);
  expect(orders.map(({ id, reasonCode }) => [id, reasonCode?.[0]?.text])).toEqual([[draftOrder(patient), CHANGED_REASON]]);
  const replaced = notes.flatMap(({ relatesTo }) => relatesTo ?? []).map(({ target }) => target.reference);
  const current = notes.filter(({ id }) => !replaced.includes(`DocumentReference/${id}`));
  expect(current, 'one note is in force').toHaveLength(1);
  expect(orders[0]?.supportingInfo?.filter(({ reference }) => reference?.startsWith('DocumentReference/'))).toEqual([
    expect.objectContaining({ reference: `DocumentReference/${current[0]?.id}` }),
  ]);
  expect(tasks.map(({ status }) => status)).toEqual(['draft']);
  expect(provenance).toHaveLength(1);
}

test('an order changed before approving is shown with its difference and approved again', async ({ page }) => {
  const patient = 'gastroenterology-1';
  const chart = await openChart(ofOrder(patient));
  await openApp(page, ofOrder(patient));
  await readyToApprove(page);
  await changeOrder(chart, patient);
  await approveButton(page).click();
  await reviewAndApproveAgain(page);
  await expectOnce(chart, patient);
});

test('an order changed in the last moment is refused by its version, and approved again', async ({ page }) => {
  const patient = 'gastroenterology-2';
  const chart = await openChart(ofOrder(patient));
  await openApp(page, ofOrder(patient));
  await readyToApprove(page);
  const versions: (string | undefined)[] = [];
  await page.route(`${EHR}/fhir/ServiceRequest/*`, async (route) => {
    if (route.request().method() === 'PUT') {
      versions.push((await route.request().headerValue('if-match')) ?? undefined);
      if (versions.length === 1) await changeOrder(chart, patient);
    }
    await route.continue();
  });
  await approveButton(page).click();
  await reviewAndApproveAgain(page);
  expect(versions).toHaveLength(2);
  expect(versions[0]).toMatch(/^W\/"/);
  await expectOnce(chart, patient);
});

test('an answer lost on the way is looked up, never written again', async ({ page }) => {
  const patient = 'gastroenterology-3';
  const lost = new Set<string>();
  await page.route(`${EHR}/fhir/**`, async (route) => {
    const request = route.request();
    const type = /\/fhir\/(\w+)/.exec(request.url())?.[1] ?? '';
    if (!['POST', 'PUT'].includes(request.method()) || lost.has(type)) return route.continue();
    lost.add(type);
    await route.fetch();
    await route.abort('connectionreset');
  });
  await openApp(page, ofOrder(patient));
  await readyToApprove(page);
  await approveButton(page).click();
  await settled(page);
  expect([...lost].sort()).toEqual(['DocumentReference', 'Provenance', 'ServiceRequest', 'Task']);
  const { orders, notes, tasks, provenance } = await writtenTo(await openChart(ofOrder(patient)), patient);
  expect([orders.length, notes.length, tasks.length, provenance.length]).toEqual([1, 1, 1, 1]);
});

test('an EHR that refuses a step says so, and what is left is finished on the next launch', async ({ page }) => {
  const patient = 'gastroenterology-4';
  await page.route(`${EHR}/fhir/Task`, (route) =>
    route.fulfill({
      status: 422,
      contentType: 'application/fhir+json',
      headers: { 'access-control-allow-origin': '*' },
      body: JSON.stringify({
        resourceType: 'OperationOutcome',
        issue: [{ severity: 'error', code: 'business-rule', diagnostics: 'Tasks are closed for maintenance' }],
      }),
    }),
  );
  await openApp(page, ofOrder(patient));
  await readyToApprove(page);
  await approveButton(page).click();
  await expect(decision(page).getByText(/Write-back: Refused by the EHR/)).toBeVisible();
  await expect(decision(page)).toContainText('Tasks are closed for maintenance');
  await expect(decision(page).getByText('Decision: Approved')).toBeVisible();
  await page.unroute(`${EHR}/fhir/Task`);
  await openApp(page, ofOrder(patient));
  await expect(page.getByRole('heading', { name: 'You left work here' })).toBeVisible();
  await page.getByRole('button', { name: 'Finish writing' }).click();
  await settled(page);
  const { orders, notes, tasks, provenance } = await writtenTo(await openChart(ofOrder(patient)), patient);
  expect([orders.length, notes.length, tasks.length, provenance.length]).toEqual([1, 1, 1, 1]);
});
