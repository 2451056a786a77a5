/** A nurse prepares and sends, the clinician signs; who covers finishes; a clinician it was not prepared for begins their own. */
import type { Browser, Page } from '@playwright/test';
import { expectAccessible, expectFits } from './support/accessible.ts';
import {
  approveButton,
  decision,
  editSentence,
  nextRecommendation,
  noteSentences,
  openApp,
  readyToApprove,
  settled,
} from './support/refer-page.ts';
import { appFrame, draftOrder, EHR, type LaunchRequest, ofOrder, REFLOOP, referButton, signIn } from './support/sandbox.ts';
import { openChart, textOf, writtenTo } from './support/smart-client.ts';
import { expect, test } from './support/test.ts';

const NURSES_WORDS = 'Worse since the last visit, says the daughter.';
const CLINICIANS_WORDS = 'Please see her before the holidays.';
const NOTE = 'She travels on Friday.';

const byNurse = (patient: string): LaunchRequest => ({ user: 'nurse', patient, order: draftOrder(patient) });

/** Another person at another machine. */
async function asAnother<Value>(browser: Browser, work: (page: Page) => Promise<Value>): Promise<Value> {
  const context = await browser.newContext();
  try {
    return await work(await context.newPage());
  } finally {
    await context.close();
  }
}

/** Prepares from the draft order and sends it, in the app on a page of its own. */
async function send(page: Page, patient: string): Promise<void> {
  await openApp(page, byNurse(patient));
  await readyToApprove(page);
  await page.locator('body').press('Control+Enter');
  await page.getByRole('dialog', { name: 'Send to sign' }).getByRole('button', { name: 'Send', exact: true }).click();
  await expect(decision(page).getByText(/^With Maren Oduya, MD to sign since/)).toBeVisible();
}

test('a nurse prepares and sends, the clinician edits a sentence and signs, and the chart has it with who did what', async ({
  page,
  browser,
}) => {
  const patient = 'rheumatology-3';
  let bearer = '';
  page.on('response', async (response) => {
    if (response.url() === `${REFLOOP}/sessions`) bearer = ((await response.json()) as { token: string }).token;
  });
  await signIn(page, /Kim Ortiz/);
  await page.goto(`${EHR}/patients/${patient}`);
  await referButton(page).click();
  const app = appFrame(page);
  await readyToApprove(app);
  await expect(approveButton(app), 'who prepares approves nothing').toHaveCount(0);
  await expect(app.getByRole('button', { name: 'Nobody fits…' })).toHaveCount(0);
  await editSentence(app, 1, NURSES_WORDS);
  await expect(decision(app).getByText('Draft saved')).toBeVisible();
  await app.getByRole('button', { name: 'Send to Maren Oduya, MD to sign' }).click();
  const dialog = app.getByRole('dialog', { name: 'Send to sign' });
  await dialog.getByRole('textbox', { name: 'Note to the clinician' }).fill(NOTE);
  await dialog.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(decision(app).getByText(/^With Maren Oduya, MD to sign since .* Nothing is ordered or written/)).toBeVisible();
  for (const path of ['/approvals', '/plans/p/lease', '/plans/p/withdrawal', '/plans/p/steps/Task', '/plans/p/steps/Task/judgement']) {
    const answer = await page.request.post(`${REFLOOP}${path}`, { headers: { authorization: `Bearer ${bearer}` }, data: {} });
    expect([path, answer.status(), ((await answer.json()) as { type: string }).type]).toEqual([path, 403, '/problems/not-allowed']);
  }
  expect(await writtenTo(await openChart(ofOrder(patient)), patient), 'nothing is written before it is signed').toMatchObject({
    orders: [],
    notes: [],
  });

  await asAnother(browser, async (clinician) => {
    await openApp(clinician, { user: 'clinician' });
    const toSign = clinician.getByRole('region', { name: 'To sign' }).getByRole('listitem').filter({ hasText: NOTE });
    await expect(toSign).toContainText(/Prepared by Kim Ortiz, MA/);
    await expect(toSign).toContainText(/Open the chart of .* to review and sign/);
    await expectAccessible(clinician, 'My work of a clinician');
    await expectFits(clinician, 'My work of a clinician');

    // From the chart, not from the order: what waits comes first, and its order is taken in hand.
    await openApp(clinician, { user: 'clinician', patient });
    await expect(clinician.getByRole('heading', { name: 'Waiting for your signature' })).toBeVisible();
    await expectAccessible(clinician, 'what waits for a signature');
    await expectFits(clinician, 'what waits for a signature');
    await clinician.getByRole('button', { name: 'Review and sign' }).click();
    const prepared = clinician.getByRole('region', { name: 'Prepared', exact: true });
    await expect(prepared).toContainText('Prepared by Kim Ortiz, MA for you to sign');
    await expect(prepared).toContainText('1 edited by Kim Ortiz, MA');
    await expect(prepared).toContainText(NOTE);
    await expect(noteSentences(clinician).filter({ hasText: NURSES_WORDS })).toContainText('edited by Kim Ortiz, MA');
    await editSentence(clinician, 2, CLINICIANS_WORDS);
    await expect(noteSentences(clinician).filter({ hasText: CLINICIANS_WORDS })).toContainText('edited by you');
    await expect(decision(clinician).getByText('Draft saved')).toBeVisible();
    await expectAccessible(clinician, 'what was prepared');
    await expectFits(clinician, 'what was prepared');
    await approveButton(clinician).click();
    await settled(clinician);
  });

  const { orders, notes, provenance } = await writtenTo(await openChart(ofOrder(patient)), patient);
  expect(orders.map(({ id, requester }) => [id, requester?.reference])).toEqual([[draftOrder(patient), 'Practitioner/clinician']]);
  expect(textOf(notes[0])).toContain(NURSES_WORDS);
  expect(textOf(notes[0])).toContain(CLINICIANS_WORDS);
  expect(provenance).toHaveLength(1);
  const people = provenance[0]?.agent.filter(({ who }) => who.reference?.startsWith('Practitioner/')) ?? [];
  expect(people.map(({ type, who, onBehalfOf }) => [type?.coding?.[0]?.code, who.reference, onBehalfOf?.reference])).toEqual([
    ['author', 'Practitioner/clinician', undefined],
    ['verifier', 'Practitioner/clinician', undefined],
    ['enterer', 'Practitioner/nurse', 'Practitioner/clinician'],
  ]);

  await app.getByRole('button', { name: 'Back to chart' }).click();
  await expect(page.locator(`[data-order="${draftOrder(patient)}"]`)).toContainText(
    'approved by Maren Oduya, MD, prepared by Kim Ortiz, MA',
  );
  await openApp(page, { user: 'nurse' });
  await expect(page.getByRole('region', { name: 'Sent to be signed' }).getByText(/Signed by Maren Oduya, MD/)).toBeVisible();
  await expectAccessible(page, 'My work of a preparer');
  await expectFits(page, 'My work of a preparer');
});

test('who covers finishes what another approved and left, and the record says so', async ({ page, browser }) => {
  const patient = 'interpreter-spanish';
  const asked = nextRecommendation(page);
  await openApp(page, ofOrder(patient));
  const recommendation = await asked;
  await readyToApprove(page);
  // The laptop closes right after the approval: nothing of it has left.
  await page.route(/\/plans\//, (route) => route.abort());
  await approveButton(page).click();
  await expect(decision(page).getByText('Decision: Approved')).toBeVisible();
  await page.close();

  await asAnother(browser, async (covering) => {
    await openApp(covering, { user: 'covering' });
    await expect(covering.getByRole('region', { name: 'Approved, not fully written' })).toContainText(
      /approved by Maren Oduya, MD, for whom you cover.*Open the chart of .* to finish writing/,
    );
    await openApp(covering, { user: 'covering', patient });
    await expect(covering.getByText(/Approved by Maren Oduya, MD, for whom you cover/)).toBeVisible();
    await covering.getByRole('button', { name: 'Finish writing' }).click();
    await settled(covering);
    await expect(decision(covering).getByText('Approved by Maren Oduya, MD. You finish it in their place.')).toBeVisible();
  });
  const { orders, provenance } = await writtenTo(await openChart(ofOrder(patient)), patient);
  expect(orders.map(({ id }) => id)).toEqual([draftOrder(patient)]);
  expect(provenance[0]?.agent.map(({ who }) => who.reference)).not.toContain('Practitioner/covering');

  await asAnother(browser, async (admin) => {
    await openApp(admin, { user: 'admin' });
    await admin.getByRole('link', { name: 'Audit' }).click();
    await admin.getByRole('navigation', { name: 'Recommendations' }).locator(`a[href="#audit/${recommendation}"]`).click();
    const proof = admin.getByRole('region', { name: 'Proof' });
    await expect(proof.getByText(/write-back\.done, .* by Lucia Ferrante, MD for Maren Oduya, MD, covering/).first()).toBeVisible();
    await expect(proof.getByText(/referral\.approved, .* by Maren Oduya, MD$/)).toBeVisible();
  });
});

test('a clinician it was not prepared for begins their own knowingly, and both others are told', async ({ page, browser }) => {
  const patient = 'infectious-disease-1';
  await send(page, patient);
  await asAnother(browser, async (lead) => {
    await openApp(lead, { ...ofOrder(patient), user: 'lead' });
    await expect(lead.getByText(/Kim Ortiz, MA prepared a referral from this order for Maren Oduya, MD to sign/)).toBeVisible();
    await expect(lead.getByText(/takes the place of the prepared one/)).toBeVisible();
    await lead.getByRole('button', { name: 'Start my own referral instead' }).click();
    await readyToApprove(lead);
    await expect(lead.getByRole('region', { name: 'Prepared', exact: true })).toHaveCount(0);
  });
  const told = /Priya Castellan, MD began a referral of their own from this order.*It took the place of this one/;
  await editSentence(page, 1, 'One more thing that came too late.');
  await expect(decision(page).getByText(told), 'on the page that is still open').toBeVisible();
  await openApp(page, { user: 'nurse' });
  await expect(page.getByRole('region', { name: 'Sent to be signed' }).getByText(told)).toBeVisible();
  await openApp(page, { user: 'clinician' });
  await expect(page.getByRole('region', { name: 'Settled by others' }).getByText(told)).toBeVisible();
});

test('an administrator names who covers, and takes it away again', async ({ page }) => {
  await openApp(page, { user: 'admin' });
  await page.getByRole('link', { name: 'Access' }).click();
  const section = page.getByRole('region', { name: 'Prepares and covers' });
  await expect(section.getByRole('listitem').filter({ hasText: 'Kim Ortiz, MA prepares for Maren Oduya, MD' })).toContainText('in force');
  await section.getByRole('button', { name: 'Name somebody' }).click();
  const dialog = page.getByRole('dialog', { name: 'Name somebody' });
  await dialog.getByRole('radio', { name: 'Covers for a clinician' }).check();
  const who = dialog.getByRole('group', { name: 'Who covers' });
  await who.getByRole('combobox', { name: 'Take from those with a role' }).click();
  await page.getByRole('option', { name: 'Priya Castellan, MD' }).click();
  await expect(who.getByRole('textbox', { name: 'Subject' })).toHaveValue('lead');
  await expectAccessible(page, 'naming somebody');
  const clinician = dialog.getByRole('group', { name: 'For which clinician' });
  await clinician.getByRole('textbox', { name: 'Name' }).fill('Lucia Ferrante, MD');
  await clinician.getByRole('textbox', { name: 'Subject' }).fill('covering');
  await clinician.getByRole('textbox', { name: 'fhirUser' }).fill('Practitioner/covering');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByText('Say why in a few words.')).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Holidays');
  await dialog.getByRole('button', { name: 'Save' }).click();
  const named = section.getByRole('listitem').filter({ hasText: 'Priya Castellan, MD covers for Lucia Ferrante, MD' });
  await expect(named).toContainText('in force');
  await named.getByRole('button', { name: /^Take away/ }).click();
  const end = page.getByRole('dialog', { name: 'Take away' });
  await end.getByRole('textbox', { name: 'Reason' }).fill('Back from the holidays');
  await end.getByRole('button', { name: 'Take away' }).click();
  await expect(named).toContainText(/ended/);
  await expect(named).toContainText('Back from the holidays');
  await expectAccessible(page, 'Access with an ended entry');
  await expectFits(page, 'Access with an ended entry');
});
