/** The patients for whom a referral is not routine: what the page says, and what it will not do. */
import type { Page } from '@playwright/test';
import { approveButton, decision, noteSentences, openApp, readyToApprove, settled, specialists } from './support/refer-page.ts';
import { launch, ofOrder } from './support/sandbox.ts';
import { openChart, textOf, writtenTo } from './support/smart-client.ts';
import { expect, test } from './support/test.ts';

const request = (page: Page) => page.getByRole('region', { name: 'Request' });
const card = (page: Page, name: string) => page.locator('label', { hasText: name });

test('chest pain: the emergency question comes first and approving waits for its answer', async ({ page }) => {
  await openApp(page, ofOrder('chest-pain'));
  await expect(page.getByRole('heading', { name: /emergency department/i })).toBeVisible();
  await expect(specialists(page)).toHaveCount(0);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('Nothing has left yet')).toHaveCount(0);
  await page.getByRole('button', { name: 'No, go on with the referral' }).click();
  await readyToApprove(page);
  await expect(approveButton(page)).toBeVisible();
});

test('the answer "emergency department" closes the referral and writes nothing', async ({ page }) => {
  // The second patient of the practice whose reason becomes chest pain while it is edited.
  await openApp(page, ofOrder('pulmonology-2'));
  await readyToApprove(page);
  await request(page).getByRole('textbox', { name: 'Reason' }).fill('Crushing chest pain since this morning');
  await expect(page.getByRole('heading', { name: /emergency department/i })).toBeVisible();
  await page.getByRole('button', { name: 'Yes, close this referral' }).click();
  await expect(page.getByRole('heading', { name: 'Closed without ordering' })).toBeVisible();
  const written = await writtenTo(await openChart(ofOrder('pulmonology-2')), 'pulmonology-2');
  expect(written).toEqual({ orders: [], notes: [], tasks: [], provenance: [] });
});

test('no coverage: networks are unknown, nobody is called in network, and a choice needs a reason', async ({ page }) => {
  await openApp(page, ofOrder('no-coverage'));
  await expect(request(page).getByText('No coverage in the chart')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Network unknown: call to confirm' })).toBeVisible();
  await expect(page.getByText(/In network · verified/)).toHaveCount(0);
  await specialists(page).first().check();
  await approveButton(page).click();
  await expect(decision(page).getByText('Give a reason for a specialist who is not known to be in network.')).toBeVisible();
  await page.getByRole('combobox', { name: 'Reason for this specialist' }).click();
  await page.getByRole('option').first().click();
  await expect(decision(page).getByText('Draft saved')).toBeVisible();
  await approveButton(page).click();
  await settled(page);
});

test('a plan that no directory lists', async ({ page }) => {
  await openApp(page, ofOrder('unknown-plan'));
  await expect(request(page).getByText(/the directory does not know this plan, so networks are unknown/)).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Network unknown: call to confirm' })).toBeVisible();
});

test('no address: distance says nothing, and the page says that', async ({ page }) => {
  await openApp(page, ofOrder('no-address'));
  await expect(page.getByText('The chart has no address for the patient, so distance says nothing here.')).toBeVisible();
  await expect(specialists(page).first()).toBeVisible();
  await expect(page.getByText('Distance unknown').first()).toBeVisible();
});

test('a child is never sent to somebody who sees adults only', async ({ page }) => {
  const answered = page.waitForResponse((response) => response.url().endsWith('/match'));
  await openApp(page, ofOrder('child'));
  const answer = (await (await answered).json()) as { excluded: { counts: Record<string, number> }; ranked: unknown[] };
  expect(answer.ranked.length).toBeGreaterThan(0);
  expect(answer.excluded.counts['adults-only']).toBeGreaterThan(0);
  await expect(request(page).getByText(/sees adults only/)).toBeVisible();
});

test('nobody within 25 miles: the circle widens by steps and says so', async ({ page }) => {
  await openApp(page, ofOrder('rural-nobody-in-25-miles'));
  await expect(page.getByText(/Nobody eligible in network within 25 miles, so the circle was widened to 50 miles\./)).toBeVisible();
  await expect(specialists(page).first()).toBeVisible();
});

test('nobody in network within 50 miles: a coordinator gets the exception, takes it and settles it', async ({ page, browser }) => {
  await openApp(page, ofOrder('in-network-beyond-50-miles'));
  await expect(page.getByText('Nobody in network within 50 miles. A coordinator gets this referral as an exception.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Closer, out of network' })).toBeVisible();
  await expect(noteSentences(page).first()).toBeVisible();

  const context = await browser.newContext();
  const center = await context.newPage();
  await openApp(center, { user: 'coordinator' });
  await center.getByRole('link', { name: 'Exceptions' }).click();
  await expect(center.getByRole('heading', { name: 'Exceptions' })).toBeVisible();
  const row = center.getByRole('row', { name: /Straub/ });
  await expect(row).toContainText('Nobody in network');
  await expect(row).toContainText('Rheumatology');
  if (await row.getByRole('button', { name: /^Take/ }).isVisible()) {
    await row.getByRole('button', { name: /^Take/ }).click();
    await expect(center.getByText('Taken.')).toBeVisible();
  }
  await expect(row).toContainText('Teo Lindqvist');
  await row.getByRole('button', { name: /^Done/ }).click();
  await center.getByRole('textbox', { name: 'What was done' }).fill('Arranged a telehealth visit with a practice in network.');
  await center.getByRole('button', { name: 'Settle' }).click();
  await expect(center.getByText('Settled.')).toBeVisible();
  await expect(row).toHaveCount(0);
  await context.close();
});

test('a vague reason is said to be vague', async ({ page }) => {
  await openApp(page, ofOrder('vague-reason'));
  await expect(page.getByText('Choose a specialty, then the best specialists for it are listed here.')).toBeVisible();
  await page.getByRole('combobox', { name: 'Specialty' }).click();
  await page.getByRole('option', { name: /^Endocrinology/ }).click();
  await expect(page.getByRole('note', { name: 'Reason' })).toBeVisible();
});

test('a chart of 3,000 resources: matches are there, and what is sent for the note is bounded', async ({ page }) => {
  let resources = 0;
  page.on('request', (sent) => {
    if (sent.url().endsWith('/recommendations')) resources = (sent.postDataJSON() as { chart: unknown[] }).chart.length;
  });
  const { url } = await launch(ofOrder('three-thousand-resources'));
  await page.goto(url);
  await expect(specialists(page).first()).toBeVisible();
  await readyToApprove(page);
  expect(resources).toBeGreaterThan(100);
  expect(resources).toBeLessThanOrEqual(2000);
});

for (const [patient, said] of [
  ['open-referral', /open Cardiology referral/],
  ['recent-specialist-visit', /visit|seen/i],
] as const) {
  test(`a possible duplicate is shown before ordering: ${patient}`, async ({ page }) => {
    await openApp(page, ofOrder(patient));
    await expect(page.getByRole('note', { name: 'Possible duplicate' })).toContainText(said);
    await expect(decision(page).getByText('Possible duplicate')).toBeVisible();
  });
}

for (const { patient, kept } of [
  { patient: 'substance-use-records', kept: /opioid|buprenorphine|naloxone|F11\.20/i },
  { patient: 'mental-health-records', kept: /psychotherapy|post-traumatic|trauma-focused|F43\.10/i },
]) {
  test(`protected records stay out of the page and of the note: ${patient}`, async ({ page }) => {
    const answers: string[] = [];
    page.on('response', async (response) => {
      if (response.url().endsWith('/recommendations')) answers.push(await response.text());
    });
    await openApp(page, ofOrder(patient));
    await readyToApprove(page);
    expect(await page.locator('body').innerText()).not.toMatch(kept);
    expect(answers.join(), 'nor does the server send them back').not.toMatch(kept);
    await approveButton(page).click();
    await settled(page);
    const { notes } = await writtenTo(await openChart(ofOrder(patient)), patient);
    expect(notes).toHaveLength(1);
    expect(textOf(notes[0])).not.toMatch(kept);
  });
}

test('an out-of-network specialist found by name: one step more than the list, and a reason', async ({ page }) => {
  const patient = 'general-surgery-1';
  await openApp(page, ofOrder(patient));
  await readyToApprove(page);
  // A named specialist of another network: taken from the directory by the list of those not shown.
  await page.getByRole('button', { name: 'See who and why' }).click();
  const out = page.getByRole('dialog').getByRole('listitem').filter({ hasText: 'not in network' }).first();
  const name = (await out.locator('strong').innerText()).trim();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('radiogroup', { name: 'Specialists' }).getByRole('radio').first().focus();
  await page.keyboard.press('/');
  await page.getByRole('textbox', { name: 'Name of the specialist or practice' }).fill(name.replace(/,.*/, ''));
  await page
    .getByRole('button', { name: `Choose ${name}` })
    .first()
    .click();
  await expect(page.getByRole('heading', { name: 'Found by name' })).toBeVisible();
  await expect(card(page, name).first()).toContainText('Out of network');
  await approveButton(page).click();
  await expect(decision(page).getByText('Give a reason for a specialist who is not known to be in network.')).toBeVisible();
  await page.getByRole('combobox', { name: 'Reason for this specialist' }).click();
  await page.getByRole('option', { name: /prefers/i }).click();
  await expect(decision(page).getByText('Draft saved')).toBeVisible();
  await approveButton(page).click();
  await settled(page);
  const { orders } = await writtenTo(await openChart(ofOrder(patient)), patient);
  expect(orders[0]?.performer?.map(({ display }) => display).join()).toContain(name.replace(/,.*/, ''));
});
