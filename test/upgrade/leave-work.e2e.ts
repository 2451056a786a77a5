/**
 * Work as a day leaves it, done in Chromium against the sandbox: referrals that are written, a draft, one that was closed, one whose
 * write-back broke off, an exception. `make-state.ts` runs this in a checkout of an earlier commit; it uses that commit's helpers.
 */
import {
  approveButton,
  decision,
  editSentence,
  noteSentences,
  openApp,
  readyToApprove,
  settled,
  specialists,
} from '../e2e/support/refer-page.ts';
import { EHR, ofOrder } from '../e2e/support/sandbox.ts';
import { expect, test } from '../e2e/support/test.ts';

const OWN_WORDS = 'Please see within two weeks; symptoms interfere with work.';

test.beforeAll(async () => {
  test.setTimeout(300_000);
  // The product is ready before the sandbox has loaded its patients.
  await expect.poll(async () => (await fetch(`${EHR}/launches`)).status, { timeout: 240_000 }).toBe(200);
});

for (const patient of ['cardiology-2', 'dermatology-2', 'orthopedics-1']) {
  test(`a referral of ${patient} as proposed`, async ({ page }) => {
    await openApp(page, ofOrder(patient));
    await readyToApprove(page);
    await approveButton(page).click();
    await settled(page);
  });
}

test('one with another specialist and a sentence of the clinician’s own', async ({ page }) => {
  await openApp(page, ofOrder('neurology-1'));
  await readyToApprove(page);
  await specialists(page).nth(1).check();
  await editSentence(page, 0, OWN_WORDS);
  await expect(decision(page).getByText('Draft saved')).toBeVisible();
  await approveButton(page).click();
  await settled(page);
});

test('a draft that is left', async ({ page }) => {
  await openApp(page, ofOrder('gastroenterology-1'));
  await readyToApprove(page);
  await editSentence(page, 0, OWN_WORDS);
  await expect(decision(page).getByText('Draft saved')).toBeVisible();
});

test('one that is closed without ordering', async ({ page }) => {
  await openApp(page, ofOrder('pulmonology-2'));
  await readyToApprove(page);
  await page
    .getByRole('region', { name: 'Request' })
    .getByRole('textbox', { name: 'Reason' })
    .fill('Crushing chest pain since this morning');
  await page.getByRole('button', { name: 'Yes, close this referral' }).click();
  await expect(page.getByRole('heading', { name: 'Closed without ordering' })).toBeVisible();
});

test('one that is approved, and whose window is closed in the middle of writing', async ({ page }) => {
  await openApp(page, ofOrder('endocrinology-1'));
  await readyToApprove(page);
  let asked: () => void = () => undefined;
  const inTheMiddle = new Promise<void>((done) => {
    asked = done;
  });
  // The note is filed; the answer to the write of the order never comes.
  await page.route(`${EHR}/fhir/ServiceRequest/*`, async (route) => {
    if (route.request().method() === 'PUT') asked();
    else await route.continue();
  });
  await approveButton(page).click();
  await inTheMiddle;
});

test('one that a coordinator gets, because nobody in network is near', async ({ page }) => {
  await openApp(page, ofOrder('in-network-beyond-50-miles'));
  await expect(page.getByText('Nobody in network within 50 miles. A coordinator gets this referral as an exception.')).toBeVisible();
  await expect(noteSentences(page).first()).toBeVisible();
  await expect(decision(page).getByText('Draft saved')).toBeVisible();
});
