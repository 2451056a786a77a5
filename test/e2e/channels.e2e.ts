/** A whole loop by each channel that needs the other side to act by itself: FHIR in the office's own EHR, and fax there and back. */
import type { Page } from '@playwright/test';
import { readPdf } from '@refloop/server/packet/test-read-pdf';
import { expectAccessible, expectFits } from './support/accessible.ts';
import { isReceipt, openDesk, readChart, refer, review, sendPacket, untilStatus, untilThread } from './support/loop.ts';
import { consultNote } from './support/note-file.ts';
import { EHR } from './support/sandbox.ts';
import { expect, test } from './support/test.ts';

const BY_FHIR = 'cardiology-7';
const BY_FAX = 'cardiology-8';

/** As a browser's field is filled, in UTC. */
const inUtc = (minutesFromNow: number): string => new Date(Date.now() + minutesFromNow * 60_000).toISOString().slice(0, 16);

const said = (page: Page) => page.getByRole('status');

test('by FHIR: the Task is accepted, booked, seen and answered in the office’s own EHR, and each of it comes to the clinician', async ({
  page,
  browser,
}) => {
  const referralId = await refer(page, BY_FHIR);
  const desk = await openDesk(browser, referralId);
  const packet = await sendPacket(desk, 'fhir', 'Send by FHIR, as a Task in the EHR');
  await expect(packet.getByRole('status').last()).toHaveText(/The Task in the EHR is asking/);

  const office = await (await browser.newContext({ viewport: { width: 360, height: 740 } })).newPage();
  const task = office.getByRole('article', { name: new RegExp(desk.name.split(' ').at(-1) ?? '') });
  await expect(async () => {
    await office.goto(`${EHR}/offices/${desk.npi}`);
    await expect(task.getByText('Created')).toBeVisible({ timeout: 2000 });
  }).toPass();
  await task.getByText('Referral note').click();
  await expect(task.locator('.document-text')).not.toBeEmpty();
  await expectAccessible(office, 'the office in its own EHR');
  await expectFits(office, 'the office in its own EHR');
  await task.getByRole('button', { name: 'Accept' }).click();
  await expect(said(office)).toHaveText('Written.');
  await untilStatus(desk, 'accepted');

  await task.getByLabel('Day and time (UTC)').fill(inUtc(-1));
  await task.getByRole('button', { name: 'Book' }).click();
  await task.getByRole('button', { name: 'The patient was seen' }).click();
  await task.getByRole('textbox', { name: 'Note' }).fill('Assessment: palpitations, benign.\nPlan: no further tests.');
  await task.getByRole('button', { name: 'Send the note' }).click();
  await expect(task.getByText('Nothing more is to be done.')).toBeVisible();
  await untilThread(desk, 'Receipt of the note recorded in the chart');
  for (const entry of ['Delivered', 'Accepted', 'Appointment booked', 'Patient seen', 'Note received'])
    await expect(desk.entries.getByText(entry, { exact: true }).first()).toBeVisible();

  const { tasks, documents, order } = await readChart(BY_FHIR);
  const note = documents.find(({ author }) => author?.some(({ identifier }) => identifier?.value === desk.npi));
  expect(tasks.filter((each) => !isReceipt(each)).map(({ status }) => status)).toEqual(['completed']);
  expect(tasks.filter(isReceipt)).toMatchObject([
    { status: 'completed', output: [{ valueReference: { reference: `DocumentReference/${note?.id}` } }] },
  ]);
  expect(order.status).toBe('active');

  await review(browser, desk.name, undefined, (row) => expect(row).toContainText(/Open the chart of/));
  await untilThread(desk, 'Nothing is owed: the loop is closed.');
  await expect(desk.status).toContainText('closed');
});

test('by fax: the pages arrive in the office’s mailbox, and the note it faxes back is matched, filed in the chart and reviewed', async ({
  page,
  browser,
}) => {
  const referralId = await refer(page, BY_FAX);
  const desk = await openDesk(browser, referralId);
  const packet = await sendPacket(desk, 'fax', 'Send by fax');
  const number = /\+?\d[\d ()-]{6,}\d/.exec(await packet.getByRole('status').last().innerText())?.[0].replace(/\D/g, '') ?? 'no number';
  const { patient } = await readChart(BY_FAX);

  const office = await (await browser.newContext({ viewport: { width: 360, height: 740 } })).newPage();
  const fax = office.getByRole('article').filter({ hasText: number.slice(-10) });
  await expect(async () => {
    await office.goto(`${EHR}/mail`);
    await expect(fax).toBeVisible({ timeout: 2000 });
  }).toPass();
  const href = await fax.getByRole('link').first().getAttribute('href');
  const pages = new Uint8Array(await (await fetch(`${EHR}${href}`)).arrayBuffer());
  const { text } = await readPdf(pages);
  for (const word of [patient.name?.[0]?.family ?? '', desk.npi]) expect(text).toContain(word);
  await expectAccessible(office, 'the office’s mailbox');
  await expectFits(office, 'the office’s mailbox');

  const author = { name: 'The specialist asked', npi: desk.npi };
  const note = await consultNote(patient, author, ['Assessment', 'Stable angina.', 'Plan:', '1. Aspirin 81 mg daily.']);
  await office.getByLabel('Pages, as a PDF').setInputFiles({ name: 'note.pdf', mimeType: 'application/pdf', buffer: Buffer.from(note) });
  await office.getByRole('button', { name: 'Fax it' }).click();
  await expect(said(office)).toHaveText('The fax arrived at the practice.');
  await untilThread(desk, 'Receipt of the note recorded in the chart');
  await expect(desk.thread.getByText('Note filed in the chart')).toBeVisible();

  const { documents, tasks } = await readChart(BY_FAX);
  const filed = documents.find(({ identifier }) => identifier?.some(({ system }) => system?.endsWith('/consult-note')));
  expect(Buffer.from(filed?.content[0]?.attachment.data ?? '', 'base64').equals(Buffer.from(note))).toBe(true);
  expect(tasks.filter(isReceipt)).toMatchObject([{ output: [{ valueReference: { reference: `DocumentReference/${filed?.id}` } }] }]);

  await review(browser, desk.name, undefined, async (row) => {
    await expect(row).toContainText('Stable angina.');
  });
  await untilThread(desk, 'Nothing is owed: the loop is closed.');
});
