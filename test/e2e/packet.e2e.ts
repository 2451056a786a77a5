/** The packet from the worklist to the office and back: sent as a link by mail, taken by a real SMTP server, opened with the NPI and accepted; and its files. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expectAccessible, expectFits } from './support/accessible.ts';
import { openDesk, refer, sendPacket } from './support/loop.ts';
import { EHR } from './support/sandbox.ts';
import { expect, test } from './support/test.ts';

const PATIENT = 'dermatology-1';
const WITH_IMAGE = 'nephrology-3';
const OFFICE = 'front.desk@office.example.org';

test('a packet goes as a link by mail, with nothing of the patient in it, and the office accepts', async ({ page, browser }) => {
  const { page: desk, thread, name: patientName, npi } = await openDesk(browser, await refer(page, PATIENT));
  const packet = thread.getByRole('region', { name: 'Packet' });
  const told = packet.getByRole('status').last();
  await expect(packet).toBeVisible();

  await packet.getByText(/^What goes:/).click();
  await packet
    .getByRole('button', { name: /^Take out: / })
    .first()
    .click();
  await expect(packet.getByText(/, 1 taken out/)).toBeVisible();
  const reason = packet.getByRole('textbox', { name: 'Why it goes without what is missing' });
  if (await reason.isVisible()) {
    await reason.fill('They do their own tests');
    await packet.getByRole('button', { name: 'Let it go without' }).click();
  }
  // Nothing in this chart says whether the payer has to authorize it: it is said here, and nowhere else.
  await expect(packet.getByText('one answer to give')).toBeVisible();
  await expectAccessible(desk, 'the packet');
  await packet.getByRole('combobox', { name: 'How it goes' }).selectOption('link');
  await packet.getByRole('button', { name: 'Send by a link you hand over' }).click();
  await expect(packet.getByText('Say where it stands.')).toBeVisible();
  await packet.getByRole('radio', { name: 'Yes, and it is approved' }).check();
  await packet.getByRole('button', { name: 'Send by a link you hand over' }).click();
  await expect(packet.getByText('Give the number that the payer gave.')).toBeVisible();
  await expectAccessible(desk, 'the question of the payer');
  await packet.getByRole('textbox', { name: 'Number of the authorization' }).fill('A-1704');
  await packet.getByRole('combobox', { name: 'How it goes' }).selectOption('mail');
  await packet.getByRole('button', { name: 'Send by mail, as a link' }).click();
  await expect(packet.getByText('Give the mail address of the office.')).toBeVisible();
  await expect(packet.getByRole('textbox', { name: 'Mail address of the office' })).toBeFocused();
  await packet.getByRole('textbox', { name: 'Mail address of the office' }).fill(OFFICE);
  await packet.getByRole('button', { name: 'Send by mail, as a link' }).click();
  await expect(told).toHaveText(/on its way to front\.desk@office\.example\.org/);
  await desk.setViewportSize({ width: 360, height: 740 });
  await expectFits(desk, 'the packet on a telephone');

  const inbox = await (await browser.newContext()).newPage();
  await expect(async () => {
    await inbox.goto(`${EHR}/mail`);
    await expect(inbox.getByText(`To ${OFFICE}`)).toBeVisible({ timeout: 3000 });
  }).toPass();
  const mail = inbox.getByRole('article').filter({ hasText: OFFICE });
  for (const word of patientName.split(/[\s,]+/)) await expect(mail).not.toContainText(word);
  const link = await mail.getByRole('link').first().getAttribute('href');

  const office = await (await browser.newContext({ viewport: { width: 360, height: 740 } })).newPage();
  await office.goto(link ?? '');
  await office.getByRole('textbox', { name: 'NPI of the specialist' }).fill(npi);
  await office.getByRole('button', { name: 'Open' }).click();
  await office.getByRole('button', { name: 'Accept the referral' }).click();
  await expect(office.getByRole('status')).toHaveText(/Accepted/);
  // The session is in the page's memory: it is asked anew, and not loaded anew.
  await desk.setViewportSize({ width: 1440, height: 900 });
  await desk.getByRole('button', { name: 'Refresh' }).click();
  await expect(thread.getByText(/Handed to the mail server/)).toBeVisible();
  await expect(thread.getByText('approved, number A-1704').first()).toBeVisible();
  await expect(thread.locator('header')).toContainText('accepted');
});

/** What the browser is handed, by its name in the folder of downloads. */
async function taken(page: Page, press: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), press()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

test('an image of the chart is opened at the desk, taken out, put back, and read by the office as it went', async ({ page, browser }) => {
  const desk = await openDesk(browser, await refer(page, WITH_IMAGE));
  const packet = desk.thread.getByRole('region', { name: 'Packet' });
  await packet.getByText(/^What goes:/).click();
  const open = packet.getByRole('button', { name: /^Open the file: / });
  await expect(open).toHaveCount(1);
  const title = ((await open.getAttribute('aria-label')) ?? '').replace('Open the file: ', '');
  const atDesk = await taken(desk.page, () => open.click());
  expect(atDesk.name).toBe('referral-file-1.png');
  expect(atDesk.bytes.subarray(0, 8).toString('latin1'), 'a PNG by its content').toBe('\x89PNG\r\n\x1a\n');

  await packet.getByRole('button', { name: `Take out: ${title}` }).click();
  await expect(open, 'what is out does not go, and is not opened from here').toHaveCount(0);
  await packet.getByRole('button', { name: `Put back: ${title}` }).click();
  await expect(open).toHaveCount(1);

  await sendPacket(desk, 'link', 'Send by a link you hand over');
  const address = (await packet.getByText(/\/office#/).innerText()).trim();
  const office = await (await browser.newContext({ viewport: { width: 360, height: 740 } })).newPage();
  await office.goto(address);
  await office.getByRole('textbox', { name: 'NPI of the specialist' }).fill(desk.npi);
  await office.getByRole('button', { name: 'Open' }).click();
  const files = office.getByRole('region', { name: 'Images and documents' });
  await expect(files.getByRole('button')).toHaveText([title]);
  const atOffice = await taken(office, () => files.getByRole('button', { name: title }).click());
  expect(atOffice.name).toBe('referral-file-1.png');
  expect(atOffice.bytes.equals(atDesk.bytes), 'the same to the last byte').toBe(true);
  await expectFits(office, 'the files at an office');
});
