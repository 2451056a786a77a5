/** From the EHR's sign-in page to the written chart, with the pointer and without it. */
import type { ServiceRequest } from '@medplum/fhirtypes';
import type { FrameLocator, Page } from '@playwright/test';
import {
  approveButton,
  decision,
  editSentence,
  noteSentences,
  patientBanner,
  readyToApprove,
  settled,
  specialists,
} from './support/refer-page.ts';
import { appFrame, draftOrder, EHR, ofOrder, REFLOOP, referButton, signIn } from './support/sandbox.ts';
import { openChart, textOf, writtenTo } from './support/smart-client.ts';
import { expect, test } from './support/test.ts';

/** athenahealth's attributes, letter by letter. */
const SANDBOX =
  'allow-forms allow-modals allow-pointer-lock allow-popups allow-popups-to-escape-sandbox allow-same-origin allow-scripts allow-downloads';

const OWN_WORDS = 'Please see within two weeks; symptoms interfere with work as a bus driver.';

async function expectWritten(patient: string, specialist: string): Promise<void> {
  const written = await writtenTo(await openChart(ofOrder(patient)), patient);
  const order = `ServiceRequest/${draftOrder(patient)}`;
  expect(written.orders.map(({ id }) => id)).toEqual([draftOrder(patient)]);
  expect(written.orders[0]?.performer?.map(({ display }) => display).join()).toContain(specialist);
  expect(written.notes).toHaveLength(1);
  expect(textOf(written.notes[0])).toContain(OWN_WORDS);
  expect(written.notes[0]?.subject?.reference).toBe(`Patient/${patient}`);
  expect(written.orders[0]?.supportingInfo?.map(({ reference }) => reference)).toContain(`DocumentReference/${written.notes[0]?.id}`);
  expect(written.tasks.map(({ status, intent, focus }) => ({ status, intent, focus: focus?.reference }))).toEqual([
    { status: 'draft', intent: 'order', focus: order },
  ]);
  expect(written.provenance).toHaveLength(1);
  expect(written.provenance[0]?.target.map(({ reference }) => reference?.replace(/\/_history.*/, ''))).toContain(order);
}

async function expectInChart(page: Page, order: string, specialist: string): Promise<void> {
  const row = page.locator(`[data-order="${order}"]`);
  await expect(row).toContainText('active');
  await expect(row).toContainText(specialist);
  await expect(row).toContainText('Provenance: approved by Maren Oduya');
  await expect(row).toContainText(/Task: Fulfill the order, draft/);
  await row.locator('a[href*="/documents/"]').first().click();
  await expect(page.getByRole('article')).toContainText(OWN_WORDS);
}

/** The specialist's name as the card has it, without the credential. */
const nameOf = async (app: FrameLocator, index: number): Promise<string> => {
  const button = await approveButton(app).innerText();
  await expect(specialists(app).nth(index)).toBeChecked();
  return (/Approve for (.*?)(?:\s*Ctrl|$)/s.exec(button)?.[1] ?? '').trim();
};

test('a clinician refers from the chart: pick, edit, approve, and the chart has it', async ({ page }) => {
  const patient = 'cardiology-1';
  await signIn(page, /Maren Oduya/);
  await page.getByRole('searchbox', { name: /Name, record number/ }).fill('Feldman');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('link', { name: /Feldman/ }).click();
  await expect(page.getByRole('region', { name: 'Patient' })).toContainText('Feldman');

  const framed = page.waitForRequest((request) => request.isNavigationRequest() && request.url().startsWith(`${REFLOOP}/launch`));
  await referButton(page).click();
  const headers = await (await framed).allHeaders();
  expect(headers['sec-fetch-site'], 'the app is framed from another site').toBe('cross-site');
  expect(headers['sec-fetch-dest']).toBe('iframe');
  await expect(page.locator('iframe')).toHaveAttribute('sandbox', SANDBOX);

  const app = appFrame(page);
  await readyToApprove(app);
  await expect(patientBanner(app), 'the EHR shows the banner, so the app does not').toHaveCount(0);
  expect(await specialists(app).count()).toBeGreaterThanOrEqual(3);
  await expect(specialists(app).first(), 'the best is preselected').toBeChecked();
  await specialists(app).nth(1).check();
  const specialist = await nameOf(app, 1);
  await editSentence(app, 0, OWN_WORDS);
  await expect(decision(app).getByText('Draft saved')).toBeVisible();
  await app.locator('body').press('Control+Enter');
  await expect(decision(app).getByText(`Approving for ${specialist}. Nothing has left yet.`)).toBeVisible();
  await settled(app);

  await app.getByRole('button', { name: 'Back to chart' }).click();
  await page.waitForURL(`${EHR}/patients/${patient}`);
  await expectInChart(page, draftOrder(patient), specialist);
  await expectWritten(patient, specialist);
});

/** Tab until the element has the focus, as a person without a pointer does. */
async function tabTo(page: Page, target: ReturnType<Page['locator']>, most = 60): Promise<void> {
  for (let pressed = 0; pressed < most; pressed += 1) {
    if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Not reached by ${most} presses of Tab: ${String(target)}`);
}

test('the same without a pointer', async ({ page }) => {
  const patient = 'cardiology-2';
  await page.goto(`${EHR}/`);
  await tabTo(page, page.getByRole('button', { name: /Maren Oduya/ }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('searchbox', { name: /Name, record number/ }));
  await page.keyboard.type('Sato');
  await page.keyboard.press('Enter');
  await page.waitForURL(/q=Sato/);
  await tabTo(page, page.getByRole('link', { name: /Sato/ }));
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/patients\/cardiology-2/);
  await tabTo(page, referButton(page));
  await page.keyboard.press('Enter');

  const app = appFrame(page);
  await readyToApprove(app);
  await tabTo(page, specialists(app).first());
  await page.keyboard.press('2');
  const specialist = await nameOf(app, 1);
  await page.keyboard.press('e');
  await expect(noteSentences(app).first()).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+A');
  await page.keyboard.type(OWN_WORDS);
  await page.keyboard.press('Enter');
  await expect(decision(app).getByText('Draft saved')).toBeVisible();
  await page.keyboard.press('Control+Enter');
  await expect(app.getByRole('button', { name: 'Undo (Esc)' })).toBeFocused();
  await settled(app);
  await tabTo(page, app.getByRole('button', { name: 'Back to chart' }));
  await page.keyboard.press('Enter');
  await page.waitForURL(`${EHR}/patients/${patient}`);
  await expectWritten(patient, specialist);
});

test('an approval taken back within the undo window writes nothing', async ({ page }) => {
  const patient = 'cardiology-3';
  await signIn(page, /Maren Oduya/);
  await page.goto(`${EHR}/patients/${patient}`);
  await referButton(page).click();
  const app = appFrame(page);
  await readyToApprove(app);
  await approveButton(app).click();
  await page.keyboard.press('Escape');
  await expect(decision(app).getByText('Not approved. Nothing was sent.')).toBeVisible();
  const chart = await openChart(ofOrder(patient));
  expect(await writtenTo(chart, patient)).toEqual({ orders: [], notes: [], tasks: [], provenance: [] });
  expect((await chart.read<ServiceRequest>(`ServiceRequest/${draftOrder(patient)}`)).status).toBe('draft');
});
