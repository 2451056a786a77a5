/** The EHR fails in the middle: nothing is claimed that is not certain, nothing is doubled, and it ends well or says why not. */
import type { ServiceRequest } from '@medplum/fhirtypes';
import type { Page } from '@playwright/test';
import { approveButton, decision, openApp, readyToApprove } from './support/refer-page.ts';
import { draftOrder, type ModeName, ofOrder } from './support/sandbox.ts';
import { openChart, writtenTo } from './support/smart-client.ts';
import { expect, test } from './support/test.ts';

type Mode = Extract<ModeName, 'full' | 'epic-like'>;

/** One patient for each mode: both launches run at the same time, each in a page of its own. */
type Patients = Record<Mode, string>;

const WRITTEN: Record<Mode, string> = { full: 'Written to the chart', 'epic-like': 'In the chart, awaiting signature in the EHR' };
const STEPS: Record<Mode, number> = { full: 4, 'epic-like': 2 };

async function inBothModes(
  page: Page,
  patients: Patients,
  work: (page: Page, mode: Mode, patient: string) => Promise<void>,
): Promise<void> {
  const other = await page.context().newPage();
  await Promise.all([work(page, 'full', patients.full), work(other, 'epic-like', patients['epic-like'])]);
}

async function openWith(page: Page, mode: Mode, patient: string, faults: string[]): Promise<void> {
  await openApp(page, { ...ofOrder(patient), mode, faults });
  await readyToApprove(page);
}

async function expectWriteBack(page: Page, text: string | RegExp, timeout = 40_000): Promise<void> {
  const words = typeof text === 'string' ? `Write-back: ${text}` : text;
  await expect(decision(page).getByText(words)).toBeVisible({ timeout });
  await expect(decision(page).getByText('Decision: Approved')).toBeVisible();
  await expect(decision(page).getByText('Sent: Not sent to the specialist')).toBeVisible();
}

const allOrders = async (patient: string): Promise<ServiceRequest[]> =>
  (await openChart(ofOrder(patient))).search<ServiceRequest>(`ServiceRequest?patient=${patient}&_count=200`);

const idsOf = (orders: ServiceRequest[]): string[] => orders.map(({ id }) => id ?? '').toSorted((one, other) => one.localeCompare(other));

/** The launched order names a specialist and one note; no order came beside it, and each other resource is there once. */
async function expectOnce(mode: Mode, patient: string, before: ServiceRequest[]): Promise<void> {
  const chart = await openChart(ofOrder(patient));
  const after = await allOrders(patient);
  expect(idsOf(after), 'no order came beside it').toEqual(idsOf(before));
  const order = after.find(({ id }) => id === draftOrder(patient));
  expect(order?.performer?.[0]?.display).toBeTruthy();
  expect(order?.status).toBe(mode === 'full' ? 'active' : 'draft');
  const { notes, tasks } = await writtenTo(chart, patient);
  expect(notes).toHaveLength(1);
  expect(order?.supportingInfo?.filter(({ reference }) => reference?.startsWith('DocumentReference/'))).toEqual([
    expect.objectContaining({ reference: `DocumentReference/${notes[0]?.id}` }),
  ]);
  const provenance = await chart.search(`Provenance?target=ServiceRequest/${order?.id}`);
  const others = mode === 'full' ? 1 : 0;
  expect([tasks.length, provenance.length]).toEqual([others, others]);
}

/** Approves with a fault and expects that it ends well by itself. */
async function expectEndsWell(page: Page, faults: string[], patients: Patients, timeout?: number): Promise<void> {
  await inBothModes(page, patients, async (each, mode, patient) => {
    const before = await allOrders(patient);
    await openWith(each, mode, patient, faults);
    await approveButton(each).click();
    await expectWriteBack(each, WRITTEN[mode], timeout);
    await expectOnce(mode, patient, before);
  });
}

/** What was asked about notes, in order: written, looked for, or reported to Refloop as done. */
function noteRequests(page: Page): string[] {
  const seen: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (/\/fhir\/DocumentReference/.test(pathname) && ['GET', 'POST'].includes(request.method())) {
      seen.push(request.method() === 'POST' ? 'written' : 'looked');
    }
    if (request.method() === 'POST' && pathname.endsWith('/steps/DocumentReference')) seen.push('reported');
  });
  return seen;
}

test('dropped_after_write: what was written is looked for before it is called written, and not written again', async ({ page }) => {
  await inBothModes(page, { full: 'orthopedics-3', 'epic-like': 'orthopedics-4' }, async (each, mode, patient) => {
    const before = await allOrders(patient);
    await openWith(each, mode, patient, ['dropped_after_write']);
    const seen = noteRequests(each);
    await approveButton(each).click();
    await expectWriteBack(each, WRITTEN[mode]);
    const sinceWrite = seen.slice(seen.indexOf('written'));
    expect(sinceWrite.filter((what) => what === 'written')).toHaveLength(1);
    expect(sinceWrite.slice(0, 2), 'looked for before it is reported').toEqual(['written', 'looked']);
    expect(sinceWrite).toContain('reported');
    await expectOnce(mode, patient, before);
  });
});

test('malformed_json: an answer that cannot be read doubles nothing', async ({ page }) => {
  await inBothModes(page, { full: 'gynecology-1', 'epic-like': 'gynecology-2' }, async (each, mode, patient) => {
    const before = await allOrders(patient);
    await openWith(each, mode, patient, ['malformed_json']);
    const seen = noteRequests(each);
    await approveButton(each).click();
    await expectWriteBack(each, WRITTEN[mode]);
    const sinceWrite = seen.slice(seen.indexOf('written'));
    expect(sinceWrite.filter((what) => what === 'written')).toHaveLength(1);
    // In mode full the header Location says where it is; in epic-like a page sees no such header and has to look.
    expect(sinceWrite[1]).toBe(mode === 'full' ? 'reported' : 'looked');
    await expectOnce(mode, patient, before);
  });
});

test('rate_limited and unavailable: an EHR that asks for patience gets it, when opening and when writing', async ({ page }) => {
  await expectEndsWell(page, ['rate_limited', 'unavailable'], { full: 'oncology-1', 'epic-like': 'urology-4' });
});

test('identifier_not_searchable: the patient’s resources are looked through instead', async ({ page }) => {
  const patient = 'no-work-up';
  const before = await allOrders(patient);
  await openWith(page, 'full', patient, ['identifier_not_searchable']);
  await approveButton(page).click();
  await expectWriteBack(page, WRITTEN.full);
  await expectOnce('full', patient, before);
});

test('identifier_not_kept: without a mark of ours on it, it is written once all the same', async ({ page }) => {
  const patient = 'pain-1';
  const before = await allOrders(patient);
  await openWith(page, 'epic-like', patient, ['identifier_not_kept']);
  await approveButton(page).click();
  await expectWriteBack(page, WRITTEN['epic-like']);
  await expectOnce('epic-like', patient, before);
});

test('latency: an EHR that takes three seconds for everything is waited for', async ({ page }) => {
  const patient = 'cardiology-4';
  const before = await allOrders(patient);
  await openWith(page, 'epic-like', patient, ['latency']);
  await approveButton(page).click();
  await expectWriteBack(page, WRITTEN['epic-like'], 60_000);
  await expectOnce('epic-like', patient, before);
});

test('identifier_not_kept and an answer lost: what was written is known by what was written', async ({ page }) => {
  const patient = 'cardiology-6';
  const before = await allOrders(patient);
  await openWith(page, 'full', patient, ['identifier_not_kept', 'content_rewritten', 'dropped_after_write']);
  const seen = noteRequests(page);
  await approveButton(page).click();
  await expectWriteBack(page, WRITTEN.full);
  expect(seen.filter((what) => what === 'written')).toHaveLength(1);
  await expectOnce('full', patient, before);
});

test('nor its content: the clinician is asked whether the entry is it, and nothing is written twice', async ({ page }) => {
  const patient = 'dermatology-4';
  const before = await allOrders(patient);
  await openWith(page, 'full', patient, ['identifier_not_kept', 'content_rewritten', 'dropped_after_write']);
  await page.route(/\/fhir\/Binary\//, (route) => route.fulfill({ status: 404, body: '' }));
  await approveButton(page).click();
  // Nobody is asked while what was sent may still arrive, and that is a minute.
  await expectWriteBack(page, 'Needs your look, 0 of 4 confirmed', 120_000);
  const question = page.getByRole('region', { name: 'Is the note in the chart already?' });
  await expect(question.getByRole('listitem')).toHaveCount(1);
  await expect(question.getByRole('listitem')).toContainText('DocumentReference/');
  await question.getByRole('button', { name: 'This is it' }).click();
  await expectWriteBack(page, WRITTEN.full);
  await expectOnce('full', patient, before);
});

test('server_error: nothing is confirmed, and nothing is sent again while the first may still arrive', async ({ page }) => {
  await inBothModes(page, { full: 'two-coverages', 'epic-like': 'zip-code-only' }, async (each, mode, patient) => {
    const before = await allOrders(patient);
    await openWith(each, mode, patient, ['server_error']);
    await approveButton(each).click();
    await expectWriteBack(each, new RegExp(`^Write-back: (Refused by the EHR|Not known), 0 of ${STEPS[mode]}`));
    await expect(decision(each).getByRole('button', { name: 'Try now' })).toBeVisible();
    await expect(decision(each).getByText(/^Reference [0-9A-Z]{4}-[0-9A-Z]{4}$/)).toBeVisible();
    expect(await allOrders(patient), 'nothing was written').toEqual(before);
    expect((await writtenTo(await openChart(ofOrder(patient)), patient)).notes).toEqual([]);

    await openApp(each, { ...ofOrder(patient), mode });
    await expect(each.getByRole('heading', { name: 'You left work here' })).toBeVisible();
    await each.getByRole('button', { name: 'Finish writing' }).click();
    await expect(decision(each)).toContainText('It was sent less than a minute ago and may still arrive.');
    await expect(decision(each)).toContainText('Tried again by itself at');
    expect((await writtenTo(await openChart(ofOrder(patient)), patient)).notes).toEqual([]);
  });
});
