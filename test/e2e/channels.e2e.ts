/** A whole loop by each channel that needs the other side to act by itself: FHIR in the office's own EHR, and fax there and back. */
import type { Page } from '@playwright/test';
import { expectAccessible, expectFits } from './support/accessible.ts';
import { isReceipt, openDesk, readChart, refer, review, sendPacket, untilThread } from './support/loop.ts';
import { EHR } from './support/sandbox.ts';
import { expect, test } from './support/test.ts';

const BY_FHIR = 'cardiology-7';

/** As a browser's field is filled, in UTC. */
const inUtc = (minutesFromNow: number): string => new Date(Date.now() + minutesFromNow * 60_000).toISOString().slice(0, 16);

const said = (page: Page) => page.getByRole('status');

test('by FHIR: the Task is accepted, booked, seen and answered in the office’s own EHR, and each of it comes to the clinician', async ({
  page,
  browser,
}) => {
  test.slow();
  const referralId = await refer(page, BY_FHIR);
  const desk = await openDesk(browser, referralId);
  const packet = await sendPacket(desk, 'fhir', 'Send by FHIR, as a Task in the EHR');
  await expect(packet.getByRole('status').last()).toHaveText(/The Task in the EHR is asking/);

  const office = await (await browser.newContext({ viewport: { width: 360, height: 740 } })).newPage();
  const task = office.getByRole('article', { name: new RegExp(desk.name.split(' ').at(-1) ?? '') });
  await expect(async () => {
    await office.goto(`${EHR}/offices/${desk.npi}`);
    await expect(task.getByText('Created')).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 30_000 });
  await task.getByText('Referral note').click();
  await expect(task.locator('.document-text')).not.toBeEmpty();
  await expectAccessible(office, 'the office in its own EHR');
  await expectFits(office, 'the office in its own EHR');
  await task.getByRole('button', { name: 'Accept' }).click();
  await expect(said(office)).toHaveText('Written.');
  await untilThread(desk, 'Accepted');
  await expect(desk.status).toContainText('accepted');

  await task.getByLabel('Day and time (UTC)').fill(inUtc(-1));
  await task.getByRole('button', { name: 'Book' }).click();
  await task.getByRole('button', { name: 'The patient was seen' }).click();
  await task.getByRole('textbox', { name: 'Note' }).fill('Assessment: palpitations, benign.\nPlan: no further tests.');
  await task.getByRole('button', { name: 'Send the note' }).click();
  await expect(task.getByText('Nothing more is to be done.')).toBeVisible();
  await untilThread(desk, 'Receipt of the note recorded in the chart');
  for (const entry of ['Delivered', 'Accepted', 'Appointment booked', 'Patient seen', 'Note received'])
    await expect(desk.thread.getByText(entry, { exact: true }).first()).toBeVisible();

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
