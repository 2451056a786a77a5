/** What goes otherwise than hoped: an office that keeps silent and then declines, and a patient who does not come. Days pass by the product's own clock. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFaxGateway, type TestFaxGateway } from '@refloop/server/channels/test-fax-gateway';
import { type Product, startProduct } from '../support/product.ts';
import { createTestClock, nextTuesday, type TestClock } from '../support/test-clock.ts';
import { expectAccessible, expectFits } from './support/accessible.ts';
import {
  type Desk,
  goTo,
  isReceipt,
  openDesk,
  type Place,
  readChart,
  refer,
  review,
  sendPacket,
  untilStatus,
  untilThread,
} from './support/loop.ts';
import { consultNote } from './support/note-file.ts';
import { launch } from './support/sandbox.ts';
import { expect, test } from './support/test.ts';

const SILENT = 'orthopedics-8';
const MISSED = 'dermatology-6';
const PASSED_OVER = 'cardiology-2';
const DAY_MS = 86_400_000;
/** As a browser's field is filled, whose zone is UTC here. */
const inDays = (days: number): string => new Date(clock.now().getTime() + days * DAY_MS).toISOString().slice(0, 16);

let folder: string;
let clock: TestClock;
let gateway: TestFaxGateway;
let product: Product;
let place: Place;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'refloop-clock-'));
  clock = createTestClock(folder, nextTuesday(new Date()));
  gateway = await openFaxGateway();
  product = await startProduct({ env: { ...clock.env, REFLOOP_FAX_URL: gateway.url(), REFLOOP_FAX_TOKEN: gateway.token } });
  place = { ...product, now: clock.now };
});
test.afterAll(async () => {
  await product?.stop();
  await gateway?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Proposes the first who is not proposed already. */
async function propose({ page, thread }: Desk): Promise<string> {
  const button = thread.getByRole('region', { name: 'The clinician decides first' }).getByRole('button').first();
  const name = (await button.getAttribute('aria-label'))?.replace('Propose ', '') ?? '';
  await button.click();
  await expect(page.getByText(`${name} is proposed. Maren Oduya, MD decides; nothing is sent to them before.`)).toBeVisible();
  return name;
}

test('an office that keeps silent is escalated to a named person; it declines, the clinician approves another, and the order stays', async ({
  page,
  browser,
}) => {
  const referralId = await refer(page, SILENT, place);
  const before = await openDesk(browser, referralId, place);
  await sendPacket(before, 'fax', 'Send by fax');
  await expect.poll(() => gateway.faxes.length).toBe(1);
  for (const fax of gateway.faxes) fax.status = 'delivered';
  await untilThread(before, 'Delivered');

  await clock.pass(9 * DAY_MS);
  const desk = await openDesk(browser, referralId, place);
  await untilThread(desk, 'The office does not respond. Decide whether another specialist is asked.');
  const owed = desk.thread.getByRole('region', { name: 'Get an answer' });
  await expect(owed).toContainText(/over/);
  await expect(owed).toContainText('escalated to Priya Castellan, MD');
  await expect(owed.getByRole('list', { name: 'Steps taken' })).toContainText(/Call the office\. To Teo Lindqvist, RN, /);
  await expect(owed.getByTitle('Rule R118')).toContainText('Call the office.');
  await expectAccessible(desk.page, 'a referral that was escalated');
  const lead = await (await browser.newContext()).newPage();
  await goTo(lead, await launch({ user: 'lead' }, product.ehr), place);
  await expect(lead.getByRole('heading', { name: 'For your attention · 1' })).toBeVisible();
  await expect(lead.getByRole('listitem').filter({ hasText: desk.name })).toContainText('Get an answer');

  await desk.thread.getByRole('button', { name: 'Something else…' }).click();
  await desk.page.getByRole('menuitem', { name: 'Declined' }).click();
  const declined = desk.page.getByRole('form', { name: 'Declined' });
  await declined.getByRole('combobox', { name: 'Why they declined' }).selectOption({ label: 'Takes no patients now' });
  await declined.getByRole('button', { name: 'Put on record' }).click();
  await expect(desk.status).toContainText('declined');

  // Nobody whom the clinician has not approved is asked: they are proposed, and nothing goes to them meanwhile.
  const owedApproval = desk.thread.getByRole('region', { name: 'Approve another specialist' });
  const another = await propose(desk);
  await expect(owedApproval).toContainText(`${another} is proposed. Waits for the clinician.`);
  await expect(owedApproval).toContainText(/proposed by Teo Lindqvist, RN.*With Maren Oduya, MD/);
  await expect(desk.status).toContainText('declined');
  await expect(desk.thread.getByRole('region', { name: 'Packet' })).toHaveCount(0);
  await expectAccessible(desk.page, 'a specialist who is proposed');
  await expectFits(desk.page, 'a specialist who is proposed');

  const clinician = await (await browser.newContext()).newPage();
  await goTo(clinician, await launch({ user: 'clinician' }, product.ehr), place);
  const row = clinician.getByRole('region', { name: 'Approve another specialist' }).getByRole('listitem').filter({ hasText: desk.name });
  await expect(row).toContainText(another);
  await expect(row).toContainText(/Declined: not taking patients.*In network · verified .* wait .* NPI \d{10}/);
  await expectAccessible(clinician, 'somebody to approve');
  await expectFits(clinician, 'somebody to approve');
  // Another took their place meanwhile: the press on the one who is on screen approves nobody.
  const refused = await propose(desk);
  await row.getByRole('button', { name: `Approve ${another} for ${desk.name}` }).click();
  await expect(clinician.getByText(/^Not put on record\./)).toBeVisible();
  await expect(row).toContainText(refused);
  await row.getByRole('button', { name: /^Not this one/ }).click();
  const why = clinician.getByRole('dialog', { name: `Not ${refused}` });
  await why.getByRole('button', { name: 'Do not ask them' }).click();
  await expect(why).toContainText('Say in a few words why.');
  await expectAccessible(clinician, 'why not');
  await why.getByRole('textbox', { name: 'Why not' }).fill('Too far for them to travel');
  await why.getByRole('button', { name: 'Do not ask them' }).click();
  await expect(clinician.getByText(`Not ${refused}. Teo Lindqvist, RN reads why.`)).toBeVisible();
  await expect(row).toHaveCount(0);
  await untilThread(desk, 'Proposed specialist refused');
  await expect(desk.thread.getByRole('list', { name: 'Refused by the clinician' })).toContainText(`${refused}: Too far for them to travel`);
  await expect(owedApproval).toHaveCount(0);
  // A refusal by mistake is not final: they stand last, and can be proposed again.
  const others = desk.thread.getByRole('region', { name: 'The clinician decides first' }).getByRole('button', { name: /^Propose / });
  await expect(others.last()).toHaveAccessibleName(`Propose ${refused}`);

  expect(await propose(desk)).toBe(another);
  expect(gateway.faxes.length, 'nothing left while the clinician was asked').toBe(1);
  await clinician.getByRole('button', { name: 'Refresh' }).click();
  await row.getByRole('button', { name: `Approve ${another} for ${desk.name}` }).click();
  await expect(clinician.getByText(`Approved: ${another}. Teo Lindqvist, RN can send the packet to their office now.`)).toBeVisible();
  await expect(row).toHaveCount(0);
  await clinician.context().close();
  await untilStatus(desk, another);
  await expect(desk.thread.getByRole('region', { name: 'Packet' })).toContainText(`To ${another}`);
  await sendPacket(desk, 'fax', 'Send by fax');
  await expect.poll(() => gateway.faxes.length).toBe(2);

  await expect(async () => {
    const { order, tasks } = await readChart(SILENT, place);
    expect([order.status, tasks.map(({ status, owner }) => `${status} ${owner?.display === another}`).sort()]).toEqual([
      'active',
      ['rejected false', 'requested true'],
    ]);
  }).toPass();
});

test('a patient who does not come is asked back the same day, picks another date, and the loop closes', async ({ page, browser }) => {
  const referralId = await refer(page, MISSED, place);
  const made = page.waitForResponse((response) => response.url().endsWith('/patient-link'));
  await page.getByRole('button', { name: 'Handout for the patient' }).click();
  const { link: ofPatient } = (await (await made).json()) as { link: string };
  const desk = await openDesk(browser, referralId, place);
  const packet = await sendPacket(desk, 'link', 'Send by a link you hand over');
  const address = (await packet.getByText(/\/office#/).innerText()).trim();

  const office = await (await browser.newContext({ viewport: { width: 360, height: 740 } })).newPage();
  const told = office.getByRole('status');
  const openOffice = async (): Promise<void> => {
    await goTo(office, { url: 'about:blank' }, place);
    await goTo(office, { url: address }, place);
    await office.getByRole('textbox', { name: 'NPI of the specialist' }).fill(desk.npi);
    await office.getByRole('button', { name: 'Open' }).click();
  };
  await openOffice();
  await office.getByRole('button', { name: 'Accept the referral' }).click();
  await expect(told).toHaveText(/Accepted/);
  await office.getByRole('button', { name: 'Book an appointment…' }).click();
  await office.getByLabel('Day and time').fill(inDays(2));
  await office.getByRole('button', { name: 'Send to the practice' }).click();
  await expect(told).toHaveText(/Booked/);

  await clock.pass(2 * DAY_MS + 3_600_000);
  await openOffice();
  await office.getByRole('button', { name: 'The patient did not come…' }).click();
  await office.getByRole('button', { name: 'Send to the practice' }).click();
  await expect(told).not.toBeEmpty();
  await office.getByRole('button', { name: 'Offer dates…' }).click();
  await office.getByLabel('A date', { exact: true }).fill(inDays(1));
  await office.getByRole('button', { name: 'Send to the practice' }).click();
  await expect(told).toHaveText(/dates/i);

  const again = await openDesk(browser, referralId, place);
  await expect(again.status).toContainText('no show');
  const owed = again.thread.getByRole('region', { name: 'Book again after a missed visit' });
  await expect(owed.getByTitle('Rule R128')).toContainText('The patient did not come.');

  const { patient } = await readChart(MISSED, place);
  const [year = '', month = '', day = ''] = (patient.birthDate ?? '').split('-');
  const telephone = await (await browser.newContext({ viewport: { width: 360, height: 740 } })).newPage();
  await goTo(telephone, { url: `${product.refloop}/patient#${ofPatient}` }, place);
  for (const [name, value] of Object.entries({ Month: String(Number(month)), Day: String(Number(day)), Year: year }))
    await telephone.getByRole('textbox', { name }).fill(value);
  await telephone.getByRole('button', { name: 'Open' }).click();
  await expect(telephone.getByRole('heading', { level: 1 })).toHaveText('You missed your visit. You can pick a new day.');
  await expectAccessible(telephone, 'a missed visit');
  await telephone
    .getByRole('button', { name: /\d:\d\d/ })
    .first()
    .click();
  await expect(telephone.getByRole('heading', { level: 1 })).toHaveText('Your visit is booked.');

  await clock.pass(DAY_MS + 3_600_000);
  await openOffice();
  await office.getByRole('button', { name: 'The patient was seen…' }).click();
  await office.getByRole('button', { name: 'Send to the practice' }).click();
  await expect(told).toHaveText(/note is what is waited for/);
  const note = await consultNote(patient, { name: 'The specialist asked', npi: desk.npi }, ['Assessment', 'Plaque psoriasis.']);
  await office.getByRole('button', { name: 'Send your note…' }).click();
  await office.getByLabel(/Your note, as a PDF/).setInputFiles({ name: 'n.pdf', mimeType: 'application/pdf', buffer: Buffer.from(note) });
  await office.getByRole('button', { name: 'Send to the practice' }).click();
  await expect(told).toHaveText(/Your note has arrived/);

  await review(browser, desk.name, place);
  const last = await openDesk(browser, referralId, place);
  await untilThread(last, 'Note filed in the chart');
  await expect(last.status).toContainText('closed');
  for (const entry of ['Visit missed', 'Dates offered', 'Patient seen'])
    await expect(last.entries.getByText(entry, { exact: true }).first()).toBeVisible();
});

test('an office that was passed over after the visit is asked for its note by its link, sends it, and the loop closes', async ({
  page,
  browser,
}) => {
  const referralId = await refer(page, PASSED_OVER, place);
  const desk = await openDesk(browser, referralId, place);
  const packet = await sendPacket(desk, 'link', 'Send by a link you hand over');
  const address = (await packet.getByText(/\/office#/).innerText()).trim();
  const office = await (await browser.newContext({ viewport: { width: 360, height: 740 } })).newPage();
  const openOffice = async (): Promise<void> => {
    await goTo(office, { url: 'about:blank' }, place);
    await goTo(office, { url: address }, place);
    await office.getByRole('textbox', { name: 'NPI of the specialist' }).fill(desk.npi);
    await office.getByRole('button', { name: 'Open' }).click();
  };
  await openOffice();
  for (const press of ['Accept the referral', 'The patient was seen…', 'Send to the practice'])
    await office.getByRole('button', { name: press }).click();
  await expect(office.getByRole('status')).toHaveText(/note is what is waited for/);

  await untilStatus(desk, 'seen');
  await desk.thread.getByRole('button', { name: 'Something else…' }).click();
  await desk.page.getByRole('menuitem', { name: 'Ask the office to cancel' }).click();
  const cancel = desk.page.getByRole('form', { name: 'Ask the office to cancel' });
  await cancel.getByRole('textbox', { name: /why/i }).fill('No note comes');
  await cancel.getByRole('button', { name: 'Put on record' }).click();
  const another = await propose(desk);
  const clinician = await (await browser.newContext()).newPage();
  await goTo(clinician, await launch({ user: 'clinician' }, product.ehr), place);
  await clinician.getByRole('button', { name: `Approve ${another} for ${desk.name}` }).click();
  await untilStatus(desk, another);

  await openOffice();
  await expect(office.getByRole('heading', { level: 1 })).toHaveText('Your note is still waited for');
  await expect(
    office.getByText(/^The practice asked another office meanwhile\. Your note of the visit on \d+ \w+ \d{4} is still/),
  ).toBeVisible();
  await expect(office.getByRole('button'), 'nothing else is asked of it').toHaveText(['Send your note…']);
  await expectAccessible(office, 'a note that is still waited for');
  await expectFits(office, 'a note that is still waited for');
  const { patient } = await readChart(PASSED_OVER, place);
  const note = await consultNote(patient, { name: 'The specialist asked', npi: desk.npi }, ['Assessment', 'Sinus arrhythmia.']);
  await office.getByRole('button', { name: 'Send your note…' }).click();
  await office.getByLabel(/Your note, as a PDF/).setInputFiles({ name: 'n.pdf', mimeType: 'application/pdf', buffer: Buffer.from(note) });
  await expectAccessible(office, 'the note that is still waited for');
  await office.getByRole('button', { name: 'Send to the practice' }).click();
  await expect(office.getByRole('status')).toHaveText('Your note has arrived.');
  await expect(office.getByRole('heading', { level: 1 })).toHaveText('Nothing more is needed');

  await review(browser, desk.name, place);
  await untilThread(desk, 'Note filed in the chart');
  await expect(desk.status).toContainText('closed');
  const { tasks } = await readChart(PASSED_OVER, place);
  expect(tasks.filter(isReceipt)).toHaveLength(1);
});
