/** Down each rung of the ladder: what the EHR allows is said before approving, and the chart holds that and nothing else. */
import { readFile } from 'node:fs/promises';
import type { ServiceRequest } from '@medplum/fhirtypes';
import type { Page } from '@playwright/test';
import { approveButton, decision, openApp, readyToApprove } from './support/refer-page.ts';
import { draftOrder, type ModeName, ofOrder } from './support/sandbox.ts';
import { type Chart, openChart, pdfOf, textOf, type Written, writtenTo } from './support/smart-client.ts';
import { expect, test } from './support/test.ts';

const UNSIGNED = 'urn:refloop:sandbox:order-state|unsigned';

const readOrder = (chart: Chart, patient: string) => chart.read<ServiceRequest>(`ServiceRequest/${draftOrder(patient)}`);

/** Opens the draft order in a mode, and checks what is said before approving. */
async function openIn(page: Page, mode: ModeName, patient: string, said: { effect: string; why: string[] }): Promise<void> {
  await openApp(page, { ...ofOrder(patient), mode });
  await readyToApprove(page);
  for (const words of [said.effect, ...said.why]) await expect(decision(page)).toContainText(words);
}

async function approveUntil(page: Page, writeBack: string): Promise<void> {
  await approveButton(page).click();
  await expect(decision(page).getByText(`Write-back: ${writeBack}`)).toBeVisible();
  await expect(decision(page).getByText('Decision: Approved')).toBeVisible();
  await expect(decision(page).getByText('Sent: Not sent to the specialist')).toBeVisible();
  await expect(decision(page).getByRole('button', { name: 'Finish writing' }), 'nothing is left to write').toHaveCount(0);
}

/** One note on this patient, with its text. */
function expectOneNote({ notes }: Written, patient: string): void {
  expect(notes).toHaveLength(1);
  expect(notes[0]?.subject?.reference).toBe(`Patient/${patient}`);
  expect(textOf(notes[0]).length).toBeGreaterThan(100);
}

test('epic-like, rung 1: the order is updated, waits for its signature, and no task or provenance is made', async ({ page }) => {
  const patient = 'ophthalmology-1';
  const chart = await openChart(ofOrder(patient));
  const before = await readOrder(chart, patient);
  await openIn(page, 'epic-like', patient, {
    effect: 'Will update this order in the chart',
    why: ['Without a task and the provenance. This EHR does not let apps create a task.'],
  });
  await approveUntil(page, 'In the chart, awaiting signature in the EHR');
  await expect(decision(page)).toContainText('Without a task and the provenance. This EHR does not let apps create a task.');
  await expect(decision(page)).toContainText('This EHR does not let apps record where an entry came from.');

  const order = await readOrder(chart, patient);
  expect(order.status, 'the EHR keeps it unsigned').toBe('draft');
  expect(order.meta?.tag?.map(({ system, code }) => `${system}|${code}`)).toContain(UNSIGNED);
  expect(order.meta?.versionId).not.toBe(before.meta?.versionId);
  expect(order.performer?.[0]?.display, 'it names the specialist').toBeTruthy();
  const written = await writtenTo(chart, patient);
  expectOneNote(written, patient);
  expect(order.supportingInfo?.map(({ reference }) => reference)).toContain(`DocumentReference/${written.notes[0]?.id}`);
  expect([written.orders, written.tasks], 'no second order, no task').toEqual([[], []]);
  expect(await chart.search(`Provenance?target=ServiceRequest/${order.id}`)).toEqual([]);
});

test('oracle-like, rung 3: the note is filed and the order stays as it was', async ({ page }) => {
  const patient = 'vascular-surgery-1';
  const chart = await openChart(ofOrder(patient));
  const before = await readOrder(chart, patient);
  await openIn(page, 'oracle-like', patient, {
    effect: 'Will file the note; the order stays yours to place',
    why: ['This EHR does not let apps change an order.', 'This EHR does not let apps create an order.'],
  });
  await approveUntil(page, 'Note filed; the order is yours to place');
  await expect(decision(page)).toContainText('the note is filed; place or sign the order there');
  await expect(decision(page).getByRole('button', { name: 'Download the PDF' })).toBeVisible();

  expect(await readOrder(chart, patient), 'byte by byte').toEqual(before);
  const written = await writtenTo(chart, patient);
  expectOneNote(written, patient);
  expect(pdfOf(written.notes[0]).subarray(0, 5).toString('latin1'), 'with the packet').toBe('%PDF-');
  expect([written.orders, written.tasks]).toEqual([[], []]);
});

test('athena-like, rung 6: nothing is written, and the note is taken over as PDF or by copying', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const patient = 'psychiatry-1';
  const chart = await openChart(ofOrder(patient));
  const before = await readOrder(chart, patient);
  await openIn(page, 'athena-like', patient, {
    effect: 'Nothing can be written here: your decision is recorded, and you take the note over yourself',
    why: ['This EHR does not let apps change an order.', 'This EHR does not let apps file a document.'],
  });
  await approveUntil(page, 'Nothing is written to this chart');

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download the PDF' }).click();
  const pdf = await readFile(await (await download).path());
  expect(pdf.subarray(0, 5).toString('latin1')).toBe('%PDF-');
  await page.getByRole('button', { name: 'Copy the note' }).click();
  await expect(page.getByText('The note was copied.')).toBeVisible();
  expect((await page.evaluate(() => navigator.clipboard.readText())).length).toBeGreaterThan(100);

  expect(await readOrder(chart, patient)).toEqual(before);
  expect(await writtenTo(chart, patient)).toEqual({ orders: [], notes: [], tasks: [], provenance: [] });
});
