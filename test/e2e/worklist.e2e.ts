/** The worklist: a coordinator takes a referral round by hand, the clinician reviews what came back, and the loop reads closed. */
import type { Page } from '@playwright/test';
import { expectAccessible, expectFits } from './support/accessible.ts';
import { approveButton, noteSentences, openApp, settled, specialists } from './support/refer-page.ts';
import { ofOrder, REFLOOP } from './support/sandbox.ts';
import { expect, test } from './support/test.ts';

const PATIENT = 'Oakley';
const LINES = 10_000;

/** Their coverage has ended, so that whoever is asked is chosen with a reason. */
async function refer(page: Page): Promise<void> {
  await openApp(page, ofOrder('expired-coverage'));
  await expect(noteSentences(page).first()).toBeVisible();
  await specialists(page).first().check();
  await page.getByRole('combobox', { name: 'Reason for this specialist' }).click();
  await page
    .getByRole('option', { name: /patient/i })
    .first()
    .click();
  await expect(page.getByText('Draft saved')).toBeVisible();
  await approveButton(page).click();
  await settled(page);
}

const thread = (page: Page) => page.getByRole('region', { name: 'Referral', exact: true });
const nextStep = (page: Page) => thread(page).getByRole('region', { name: 'Next step' });
const statusOf = (page: Page) => thread(page).locator('header');

/** The one primary button and its form, without a pointer: the focus stands before the button, and after it is on record again. */
async function doNext(page: Page, act: string, fill?: () => Promise<void>): Promise<void> {
  const button = nextStep(page).getByRole('button').first();
  await expect(button).toHaveText(`${act}…`);
  await page.keyboard.press('Tab');
  await expect(button).toBeFocused();
  await page.keyboard.press('Enter');
  const form = page.getByRole('form', { name: act });
  await expect(form.locator('select, input').first()).toBeFocused();
  await fill?.();
  await form.getByRole('button', { name: 'Put on record' }).press('Enter');
  await expect(thread(page).getByText(`On record: ${act}.`)).toBeVisible();
  await expect(nextStep(page)).toBeFocused();
}

/** As the browser's own field is filled: today at this minute. */
const thisMinute = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const now = new Date();
    return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  });

test('a coordinator works a referral from sent to note with keys, and the review of the clinician closes it', async ({ page, browser }) => {
  await refer(page);

  const center = await (await browser.newContext()).newPage();
  let bearer = '';
  center.on('response', async (response) => {
    if (response.url() === `${REFLOOP}/sessions`) bearer = ((await response.json()) as { token: string }).token;
  });
  await openApp(center, { user: 'coordinator' });
  const grid = center.getByRole('grid', { name: 'Open referrals' });
  await center.getByRole('searchbox').fill(PATIENT);
  const line = grid.getByRole('row', { name: new RegExp(PATIENT) });
  await expect(line).toHaveCount(1);
  await expect(line).toContainText('Send to the specialist');
  await expect(line).toContainText('Teo Lindqvist, RN (you)');
  await expectAccessible(center, 'worklist');
  await expectFits(center, 'worklist');

  // Given to another and taken back, one key each.
  await grid.focus();
  await center.keyboard.press('a');
  const dialog = center.getByRole('dialog', { name: 'Assign 1 referral' });
  const give = async (): Promise<void> => {
    await dialog.getByRole('combobox', { name: 'Give to' }).selectOption({ label: 'Priya Castellan, MD' });
    await dialog.getByRole('button', { name: 'Give' }).click();
  };
  // Nobody answers: it may be done all the same, and the same press again is safe. So is taking it back.
  const silence = center.getByText(/^Refloop’s server does not answer\. Whether this was done is not known; pressing again is safe/);
  await center.route('**/worklist/assignment', (route) => route.abort(), { times: 1 });
  await give();
  await expect(silence).toBeVisible();
  await grid.focus();
  await center.keyboard.press('a');
  await give();
  await expect(center.getByText('1 referral given to Priya Castellan, MD.')).toBeVisible();
  await expect(line, 'its place is kept').toContainText('No longer here');
  await center.route('**/worklist/assignment', (route) => route.abort(), { times: 1 });
  await grid.focus();
  await center.keyboard.press('u');
  await expect(silence).toBeVisible();
  await center.keyboard.press('u');
  await expect(center.getByText('1 referral given back.')).toBeVisible();
  await expect(line).toContainText('Teo Lindqvist, RN (you)');
  await expect(line).not.toContainText('No longer here');

  await grid.focus();
  await center.keyboard.press('?');
  await expect(center.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await center.keyboard.press('Escape');
  await grid.focus();
  await center.keyboard.press('Enter');
  await expect(thread(center).getByRole('heading', { name: new RegExp(PATIENT) })).toBeVisible();
  await expect(center).toHaveURL(/#worklist\/[^?]+$/);
  expect(center.url(), 'never a patient').not.toMatch(/Oakley|Terrence/i);
  await expectAccessible(center, 'thread beside the list');
  await center.setViewportSize({ width: 360, height: 800 });
  await expect(center.getByRole('button', { name: '← Back to the list' })).toBeVisible();
  await expect(grid).toBeHidden();
  await expectAccessible(center, 'thread at 360 px');
  await center.getByRole('button', { name: '← Back to the list' }).press('Enter');
  await expect(grid).toBeFocused();
  await expectAccessible(center, 'worklist at 360 px');
  await center.keyboard.press('Enter');
  await expectFits(center, 'thread');

  // The patient says on the telephone how they want to be reached.
  const reached = thread(center).getByRole('region', { name: 'How the patient is reached' });
  await reached.getByRole('button', { name: 'Put on record what they told…' }).click();
  const told = reached.getByRole('form', { name: 'What the patient told' });
  await told.getByLabel('Number for texts').fill('12');
  await told.getByLabel('Texts about their visits').selectOption({ label: 'They want them' });
  await told.getByRole('button', { name: 'Put on record' }).click();
  await expect(told).toContainText('This is not a telephone number. Give ten digits');
  await expectAccessible(center, 'what the patient told');
  await expectFits(center, 'what the patient told');
  await told.getByLabel('Number for texts').fill('(555) 210-0140');
  await told.getByRole('button', { name: 'Put on record' }).click();
  await expect(reached).toContainText(/555-210-0140: wanted since .*, as they told us/);
  await expect(thread(center).getByText('Consent of the patient')).toBeVisible();

  // Somebody acts for them: messages go there by their own yes, until they are taken off the record.
  await reached.getByRole('button', { name: 'Somebody acts for them…' }).click();
  const acting = reached.getByRole('form', { name: 'Who acts for the patient' });
  await acting.getByRole('button', { name: 'Put on record' }).click();
  await expect(acting).toContainText('Give their name');
  await acting.getByLabel('Name', { exact: true }).fill('Ana Example');
  await acting.getByLabel('Messages go to them instead of the patient').check();
  await acting.getByLabel('Their number for texts').fill('(555) 210-0141');
  await acting.getByLabel('Texts to them').selectOption({ label: 'They want them' });
  await expectAccessible(center, 'who acts for the patient');
  await expectFits(center, 'who acts for the patient');
  await acting.getByRole('button', { name: 'Put on record' }).click();
  await expect(reached).toContainText('Messages leave by themselves as texts, to who acts for the patient: Ana Example.');
  await expect(reached).toContainText(/texts to 555-210-0141: wanted since/);
  await expectAccessible(center, 'somebody on record who acts for the patient');
  await expectFits(center, 'somebody on record who acts for the patient');
  await reached.getByRole('button', { name: 'Take Ana Example off the record' }).click();
  await expect(reached).toContainText('Ana Example is on record no more.');
  await expect(reached).toContainText('Messages leave by themselves as texts.');

  await thread(center).getByRole('button', { name: 'Close' }).focus();
  // It goes with a word on the payer's authorization, as what Refloop sends does.
  const sent = center.getByRole('form', { name: 'Sent to the office' });
  await doNext(center, 'Sent to the office', async () => {
    await sent.getByRole('button', { name: 'Put on record' }).click();
    await expect(sent).toContainText('Say where it stands.');
    await sent.getByLabel('Yes, and it is approved').check();
    await sent.getByRole('button', { name: 'Put on record' }).click();
    await expect(sent).toContainText('Give the number that the payer gave.');
    await expectAccessible(center, 'where the authorization stands');
    await expectFits(center, 'where the authorization stands');
    await sent.getByLabel('Number of the authorization').fill('A-1704');
  });
  // The packet says it too, as soon as that is read anew.
  const happened = thread(center).getByRole('region', { name: 'What happened' });
  await expect(happened.getByText('Approved, number A-1704')).toBeVisible();
  await expect(line, 'what follows takes its place').toContainText('Get an answer');
  // Somebody else was faster: nothing is put on record before the newest was looked at.
  await center.keyboard.press('Tab');
  await center.keyboard.press('Enter');
  const accepted = center.getByRole('form', { name: 'Accepted' });
  await expect(accepted).toBeVisible();
  const referral = decodeURIComponent(/#worklist\/([^?]+)/.exec(center.url())?.[1] ?? '');
  const call = { headers: { authorization: `Bearer ${bearer}` } };
  const address = `${REFLOOP}/worklist/referrals/${referral}`;
  const { sequence } = (await (await center.request.get(address, call)).json()) as { sequence: number };
  const contacted = { key: 'by-another-1', sequence, what: { act: 'contacted', outcome: 'left-message' } };
  expect((await center.request.post(`${address}/acts`, { ...call, data: contacted })).status()).toBe(200);
  await accepted.getByRole('button', { name: 'Put on record' }).click();
  await expect(accepted.getByRole('alert')).toContainText('Something happened to this referral since it was shown');
  await expect(thread(center).getByText('Patient contacted')).toBeVisible();
  await accepted.getByRole('button', { name: 'I have looked at it again' }).click();
  await accepted.getByRole('button', { name: 'Put on record' }).click();
  await expect(statusOf(center)).toContainText('accepted');
  await expect(nextStep(center)).toBeFocused();

  await doNext(center, 'Appointment booked', async () => {
    await center.getByLabel('When the visit is').fill(await thisMinute(center));
  });
  await expect(statusOf(center)).toContainText('scheduled');
  await doNext(center, 'Patient was seen');
  await doNext(center, 'Note came back');
  await expect(thread(center).getByText('Review the report').first()).toBeVisible();
  await expect(line, 'what is left is the clinician’s').toContainText('No longer here: Get the note');

  const clinician = await (await browser.newContext()).newPage();
  await openApp(clinician, { user: 'clinician' });
  const toReview = clinician.getByRole('region', { name: 'To review' }).getByRole('listitem').filter({ hasText: PATIENT });
  await expect(toReview).toContainText(/Open the chart of .*Oakley.* to read the note/);
  // What became of it stands below what is owed, and its thread is read from there.
  const own = clinician.getByRole('region', { name: 'Your referrals' }).getByRole('listitem').filter({ hasText: PATIENT }).first();
  await expect(own).toContainText(/Review the report\. With you since/);
  await expectAccessible(clinician, 'My work with a note to review');
  await expectFits(clinician, 'My work with a note to review');
  // Whether they are asked hangs on when they were asked before, by whichever test: here they are, and what they say is taken.
  await clinician.route('**/work/reviews', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...((await response.json()) as object), asked: true } });
  });
  const answers: unknown[] = [];
  await clinician.route('**/work/answers', async (route) => {
    answers.push(route.request().postDataJSON());
    await route.fulfill({ json: { taken: true } });
  });
  await toReview.getByRole('button', { name: /^Reviewed/ }).click();
  const question = clinician.getByRole('region', { name: 'How easy is it for you to refer with Refloop?' });
  await expect(question.getByRole('button')).toHaveText(['Very hard', 'Hard', 'Neither', 'Easy', 'Very easy', 'Not now']);
  await expectFits(clinician, 'My work with a question');
  await expect(clinician.getByText(/^Reviewed: .*Oakley/)).toBeVisible();
  // An answer that did not arrive is given again.
  await clinician.route('**/work/answers', (route) => route.abort(), { times: 1 });
  await question.getByRole('button', { name: 'Easy', exact: true }).click();
  await expect(clinician.getByText(/Whether this was done is not known; pressing again is safe/)).toBeVisible();
  await question.getByRole('button', { name: 'Easy', exact: true }).click();
  await expect(clinician.getByText('Thank you. Your answer is counted.')).toBeVisible();
  expect(answers).toEqual([{ referralId: expect.any(String), score: 4 }]);
  await expect(question).toHaveCount(0);
  await expect(toReview).toHaveCount(0);
  await expect(own, 'closed, it stands there for a while').toContainText('Nothing is owed');
  await own.getByRole('link', { name: /^Read the referral of .*Oakley/ }).click();
  await expect(thread(clinician).getByText('Nothing is owed: the loop is closed.')).toBeVisible();
  await expectAccessible(clinician, 'the thread of one’s own referral');
  await expectFits(clinician, 'the thread of one’s own referral');

  await center.getByRole('button', { name: 'Refresh' }).click();
  await expect(statusOf(center)).toContainText('closed');
  await expect(thread(center).getByText('Nothing is owed: the loop is closed.')).toBeVisible();
  await expect(thread(center).getByRole('heading', { name: new RegExp(PATIENT) })).toBeVisible();
  await expect(line).toHaveCount(0);
});

test('of ten thousand lines only those on the screen are drawn, and the keys reach the last', async ({ page }) => {
  const at = Date.now();
  const row = (index: number) => ({
    id: `r${index}/answer`,
    referralId: `r${index}`,
    kind: 'answer',
    next: 'Get an answer',
    waitingOn: 'specialist',
    owner: 'kim',
    escalatedTo: null,
    since: new Date(at - 86_400_000).toISOString(),
    dueAt: new Date(at + (index - 100) * 60_000).toISOString(),
    patientName: `Synthetic ${index}`,
    performerName: 'Ana Rivera, MD',
    specialtyName: 'Cardiology',
    urgency: 'routine',
    authorization: 'not-needed',
    exception: null,
    risks: ['missed-visit', 'asked-again'],
    status: 'sent',
    attempts: 1,
    channel: 'fax',
    lastEvent: null,
    detail: 'Waits for the specialist’s office.',
  });
  const calendar = { timeZone: 'America/Chicago', opens: 8, closes: 17, holidays: [] };
  const beside = {
    at: new Date(at).toISOString(),
    mark: '1.abcdefgh',
    names: { kim: 'Kim Example' },
    next: null,
    coming: 0,
    more: 12,
    people: [],
    calendar,
  };
  const json = { kind: 'whole', ...beside, rows: Array.from({ length: LINES }, (_, index) => row(index)) };
  await page.route(`${REFLOOP}/worklist`, (route) => route.fulfill({ json }));
  await page.route(`${REFLOOP}/worklist?*`, (route) => route.fulfill({ json: { kind: 'unchanged', at: beside.at, mark: beside.mark } }));
  await openApp(page, { user: 'coordinator' });
  await page.getByRole('link', { name: /^All open/ }).click();
  const grid = page.getByRole('grid', { name: 'Open referrals' });
  await expect(grid).toHaveAttribute('aria-rowcount', String(LINES + 1));
  await expect(page.getByText('12 more are open and not on this page')).toBeVisible();
  await expectFits(page, 'ten thousand lines, each at risk');
  const drawn = () => grid.locator('tbody tr:not([aria-hidden])').count();
  expect(await drawn()).toBeLessThan(100);
  await grid.focus();
  await page.keyboard.press('End');
  await expect(grid.getByRole('row', { name: /Synthetic 9999/ })).toBeInViewport();
  await page.keyboard.press('k');
  await expect(grid).toHaveAttribute('aria-activedescendant', 'worklist-line-9998');
  expect(await drawn()).toBeLessThan(100);
});
