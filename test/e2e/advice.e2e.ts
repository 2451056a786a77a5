/** An eConsult: advice without a visit, over the office's link; and a note for the wrong patient, which is held and reaches no chart. */
import type { Page } from '@playwright/test';
import { expectAccessible, expectFits } from './support/accessible.ts';
import { isReceipt, openDesk, readChart, refer, review, sendPacket, untilStatus, untilThread } from './support/loop.ts';
import { consultNote } from './support/note-file.ts';
import { decision } from './support/refer-page.ts';
import { expect, test } from './support/test.ts';

const ASKED = 'gastroenterology-7';

async function give(office: Page, note: Uint8Array<ArrayBuffer>): Promise<void> {
  await office.getByRole('button', { name: 'Send your note…' }).click();
  await office.getByLabel(/Your note, as a PDF/).setInputFiles({ name: 'n.pdf', mimeType: 'application/pdf', buffer: Buffer.from(note) });
  await office.getByRole('button', { name: 'Send to the practice' }).click();
}

test('an eConsult closes on advice and its review, without a visit; a note for the wrong patient is held', async ({ page, browser }) => {
  const referralId = await refer(page, ASKED, undefined, async () => {
    await page.getByRole('combobox', { name: 'Kind of referral' }).click();
    await page.getByRole('option', { name: 'eConsult' }).click();
    await expect(page.getByRole('button', { name: /advise me about .* from the record.*No visit asked for/i })).toBeVisible();
    await expect(page.getByRole('textbox', { name: 'Visits' })).toHaveCount(0);
    await expect(decision(page).getByText('Draft saved')).toBeVisible();
  });
  const desk = await openDesk(browser, referralId);
  const packet = await sendPacket(desk, 'link', 'Send by a link you hand over');
  const address = (await packet.getByText(/\/office#/).innerText()).trim();
  const { patient } = await readChart(ASKED);

  const office = await (await browser.newContext({ viewport: { width: 360, height: 740 } })).newPage();
  await office.goto(address);
  await office.getByRole('textbox', { name: 'NPI of the specialist' }).fill(desk.npi);
  await office.getByRole('button', { name: 'Open' }).click();
  await office.getByRole('button', { name: 'Accept the referral' }).click();
  await expect(office.getByText('Accepted: your advice is waited for')).toBeVisible();
  for (const act of ['Book an appointment…', 'Offer dates…', 'The patient was seen…'])
    await expect(office.getByRole('button', { name: act })).toHaveCount(0);
  await expectFits(office, 'an eConsult');
  await untilStatus(desk, 'accepted');
  await expect(desk.thread.getByRole('region', { name: 'Get the note' })).toBeVisible();

  // The office takes the file of somebody else.
  const author = { name: 'The specialist asked', npi: desk.npi };
  const other = { ...patient, identifier: [], name: [{ family: 'Zbornak', given: ['Dorothea'] }], birthDate: '1931-05-13' };
  await give(office, await consultNote(other, author, ['Assessment', 'Diverticulosis.']));
  await expect(office.getByRole('status')).toHaveText(/names another patient/);
  await desk.page.getByRole('link', { name: 'Held notes', exact: true }).click();
  const held = desk.page.getByRole('listitem').filter({ hasText: 'Zbornak' });
  await expect(held).toContainText('It came by the link of one patient and names another.');
  await expect(held.getByRole('row', { name: /^name/ })).toContainText('differs');
  await held.getByRole('button', { name: /^File here/ }).click();
  const although = held.getByRole('form', { name: /^File in the chart of/ });
  await expect(although).toContainText('another name and date of birth');
  await expect(although.getByRole('textbox', { name: 'How you know that it is theirs, in a few words' })).toBeFocused();
  await although.getByRole('button', { name: 'File it all the same' }).click();
  await expect(although, 'not without a reason').toBeVisible();
  await expectAccessible(desk.page, 'a held note');
  await expectFits(desk.page, 'a held note');
  await although.getByRole('button', { name: 'Cancel' }).click();
  await expect(although).toHaveCount(0);
  await expect(held.getByRole('button', { name: /^File here/ })).toBeFocused();
  expect(
    (await readChart(ASKED)).documents.filter(({ identifier }) => identifier?.some(({ system }) => system?.endsWith('/consult-note'))),
  ).toEqual([]);
  await held.getByRole('textbox', { name: 'None of these: say what it is' }).fill('The office took another file');
  await held.getByRole('button', { name: 'Set aside' }).click();
  await expect(held).toHaveCount(0);

  await give(office, await consultNote(patient, author, ['Assessment', 'Functional dyspepsia.', 'Plan:', '1. Stop the ibuprofen.']));
  await expect(office.getByRole('status')).toHaveText(/Your note has arrived/);
  await review(browser, desk.name, undefined, (row) => expect(row).toContainText('Functional dyspepsia.'));

  const last = await openDesk(browser, referralId);
  await untilThread(last, 'Receipt of the note recorded in the chart');
  await expect(last.status).toContainText('closed');
  await expect(last.thread.getByText('Patient seen')).toHaveCount(0);
  await expect(last.thread.getByText('Zbornak')).toHaveCount(0);
  const { order, tasks, documents } = await readChart(ASKED);
  expect([order.status, order.quantityQuantity, order.orderDetail?.map(({ text }) => text)]).toEqual([
    'active',
    undefined,
    ['eConsult; visits asked for: 0'],
  ]);
  expect(tasks.filter(isReceipt).length).toBe(1);
  expect(documents.filter(({ identifier }) => identifier?.some(({ system }) => system?.endsWith('/consult-note'))).length).toBe(1);

  // Only now somebody sees that it is of a namesake.
  await last.thread.getByRole('button', { name: 'Something else…' }).click();
  await last.page.getByRole('menuitem', { name: 'A note is not of this patient or referral' }).click();
  const form = last.thread.getByRole('form', { name: 'A note is not of this patient or referral' });
  await expect(form).toContainText('marked as entered in error');
  await expectAccessible(last.page, 'a note that is taken off');
  await form.getByRole('textbox', { name: 'How you know, in a few words' }).fill('It is of a namesake');
  await form.getByRole('button', { name: 'Put on record' }).click();
  await untilStatus(last, 'accepted');
  await expect(last.thread.getByRole('region', { name: 'Get the note' })).toBeVisible();
  await expect(async () => {
    const { documents: now, tasks: after } = await readChart(ASKED);
    const notes = now.filter(({ identifier }) => identifier?.some(({ system }) => system?.endsWith('/consult-note')));
    expect(notes.map(({ status }) => status)).toEqual(['entered-in-error']);
    expect(after.filter(isReceipt).map(({ status }) => status)).toEqual(['entered-in-error']);
  }).toPass();
  await last.page.getByRole('link', { name: 'Held notes', exact: true }).click();
  await expect(last.page.getByText('It stood with another referral by mistake').first()).toBeVisible();

  // Once more another file: somebody files it all the same, and its clinician reads why.
  await office.reload();
  await office.getByRole('textbox', { name: 'NPI of the specialist' }).fill(desk.npi);
  await office.getByRole('button', { name: 'Open' }).click();
  await give(office, await consultNote(other, author, ['Assessment', 'Gastritis.']));
  await expect(office.getByRole('status')).toHaveText(/names another patient/);
  await last.page.getByRole('button', { name: 'Refresh' }).click();
  const again = last.page.getByRole('listitem').filter({ hasText: 'Gastritis' });
  await again.getByRole('button', { name: /^File here/ }).click();
  await again.getByRole('textbox', { name: 'How you know that it is theirs, in a few words' }).fill('The office says it is theirs');
  await again.getByRole('button', { name: 'File it all the same' }).click();
  await expect(again).toHaveCount(0);
  await review(browser, last.name, undefined, async (row) => {
    await expect(row).toContainText('The note says another name and date of birth than the chart.');
    await expect(row).toContainText(/Teo Lindqvist.* filed it here: “The office says it is theirs”/);
  });
});
