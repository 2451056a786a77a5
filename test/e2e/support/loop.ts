/** What the tests of whole loops share: a clinician refers, a coordinator sends and waits, the clinician reads what came back. */
import type { DocumentReference, Patient, ServiceRequest, Task } from '@medplum/fhirtypes';
import type { Browser, Locator, Page } from '@playwright/test';
import { approveButton, readyToApprove, settled } from './refer-page.ts';
import { draftOrder, EHR, launch, ofOrder, REFLOOP } from './sandbox.ts';
import { openChart, type Where } from './smart-client.ts';
import { expect } from './test.ts';

/** Which product, and what its clock says where that is not the machine's. */
export type Place = Where & { now?: () => Date };
const HERE: Place = { ehr: EHR, refloop: REFLOOP };

/** The browser's clock is the product's. */
export async function goTo(page: Page, { url }: { url: string }, { now }: Place): Promise<void> {
  if (now) await page.clock.setSystemTime(now());
  await page.goto(url);
}

/** The clinician approves the draft order of this patient, as Refloop proposes it or after `change`, until it stands in the chart. */
export async function refer(page: Page, patient: string, where: Place = HERE, change?: () => Promise<void>): Promise<string> {
  await goTo(page, await launch(ofOrder(patient), where.ehr), where);
  await readyToApprove(page);
  await change?.();
  const approved = page.waitForResponse((response) => response.url() === `${where.refloop}/approvals`);
  await approveButton(page).click();
  const { referralId } = (await (await approved).json()) as { referralId: string };
  await settled(page);
  return referralId;
}

export type Desk = { page: Page; thread: Locator; status: Locator; entries: Locator; name: string; npi: string };

/** The coordinator's worklist with this referral open. */
export async function openDesk(browser: Browser, referralId: string, where: Place = HERE): Promise<Desk> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await goTo(page, await launch({ user: 'coordinator' }, where.ehr), where);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const thread = page.getByRole('region', { name: 'Referral', exact: true });
  const heading = thread.getByRole('heading', { level: 2 });
  // The list sets its own address once it has come.
  await expect(page.getByText(/^\d+ of \d+ lines?$/)).toBeVisible();
  await expect(async () => {
    await page.evaluate((id) => location.assign(`#worklist/${id}`), referralId);
    await expect(heading).toBeVisible({ timeout: 3000 });
  }).toPass();
  const status = thread.locator('header');
  const npi = /NPI (\d{10})/.exec(await status.innerText())?.[1] ?? '';
  return {
    page,
    thread,
    status,
    entries: thread.getByRole('region', { name: 'What happened' }),
    name: (await heading.innerText()).trim(),
    npi,
  };
}

/** What the payer says of the authorization, where nothing has settled it: said with the press that sends. */
export async function sayAuthorization(packet: Locator): Promise<void> {
  await expect(packet.getByText(/^(ready to send|one answer to give)$/)).toBeVisible();
  const notNeeded = packet.getByRole('radio', { name: 'No, this payer does not ask for it' });
  if (await notNeeded.isVisible()) await notNeeded.check();
}

/** Sends the packet this way; where something is missing, with a reason. */
export async function sendPacket({ thread }: Desk, way: 'fax' | 'mail' | 'link' | 'fhir', press: string): Promise<Locator> {
  const packet = thread.getByRole('region', { name: 'Packet' });
  await expect(packet.getByText(/^What goes:/)).toBeVisible();
  const reason = packet.getByRole('textbox', { name: 'Why it goes without what is missing' });
  if (await reason.isVisible()) {
    await reason.fill('They do their own tests');
    await packet.getByRole('button', { name: 'Let it go without' }).click();
  }
  await sayAuthorization(packet);
  await packet.getByRole('combobox', { name: 'How it goes' }).selectOption(way);
  await packet.getByRole('button', { name: press }).click();
  await expect(packet.getByRole('status').last()).toHaveText(/on their way|is asking|shown here/);
  return packet;
}

/** Asks anew until the referral stands there. */
export async function untilStatus({ page, status }: Desk, words: string): Promise<void> {
  await expect(async () => {
    await page.getByRole('button', { name: 'Refresh' }).click();
    await expect(status).toContainText(words, { timeout: 3000 });
  }).toPass();
}

/** Asks anew until the thread says so: what happens outside comes in by itself. */
export async function untilThread({ page, thread }: Desk, words: string | RegExp): Promise<void> {
  await expect(async () => {
    await page.getByRole('button', { name: 'Refresh' }).click();
    await expect(thread.getByText(words).first()).toBeVisible({ timeout: 3000 });
  }).toPass();
}

/** The clinician finds the note on their list, reads and reviews it; nothing of it is left there. */
export async function review(browser: Browser, name: string, where: Place = HERE, look?: (row: Locator) => Promise<void>): Promise<void> {
  const page = await (await browser.newContext()).newPage();
  await goTo(page, await launch({ user: 'clinician' }, where.ehr), where);
  const row = page.getByRole('region', { name: 'To review' }).getByRole('listitem').filter({ hasText: name });
  await expect(row).toBeVisible();
  await look?.(row);
  await row.getByRole('button', { name: /^Reviewed/ }).click();
  await expect(row).toHaveCount(0);
  await page.context().close();
}

/** The Tasks and the documents of a chart, read over FHIR as the clinician may. */
export async function readChart(
  patient: string,
  where: Place = HERE,
): Promise<{ patient: Patient; tasks: Task[]; documents: DocumentReference[]; order: ServiceRequest }> {
  const chart = await openChart(ofOrder(patient), where);
  return {
    patient: await chart.read<Patient>(`Patient/${patient}`),
    tasks: await chart.search<Task>(`Task?patient=${patient}&_count=100`),
    documents: await chart.search<DocumentReference>(`DocumentReference?patient=${patient}&_count=200`),
    order: await chart.read<ServiceRequest>(`ServiceRequest/${draftOrder(patient)}`),
  };
}

/** The Task that says that the report was received, and the one that asks for the work. */
export const isReceipt = ({ code }: Task): boolean => code?.coding?.[0]?.system === 'http://loinc.org';
