/**
 * A patient without an account: from the clinician's handout, by the date of birth, to a booked visit that the worklist shows, and to another office of
 * those that the clinician approved. In Spanish, on a telephone.
 */
import type { Patient } from '@medplum/fhirtypes';
import type { Page } from '@playwright/test';
import { expectAccessible, expectFits } from './support/accessible.ts';
import { openApp, readyToApprove, settled } from './support/refer-page.ts';
import { launch, ofOrder, REFLOOP } from './support/sandbox.ts';
import { openChart } from './support/smart-client.ts';
import { expect, test } from './support/test.ts';

type Thread = {
  sequence: number;
  status: string;
  performer: { npi: string; name: string };
  entries: { title: string; by: string }[];
  obligations: { kind: string }[];
};

const PATIENT = 'dermatology-3';
const FREE = ['2031-05-06T15:30:00.000Z', '2031-05-08T16:00:00.000Z'];

/** Sends the referral by the office's link, and does the office's side: it accepts and offers dates. */
async function offerDates(page: Page, referralId: string): Promise<{ thread: () => Promise<Thread> }> {
  const opened = page.waitForResponse((response) => response.url() === `${REFLOOP}/sessions`);
  await page.goto((await launch({ user: 'coordinator' })).url);
  const { token } = (await (await opened).json()) as { token: string };
  const ask = async (method: 'get' | 'post', path: string, data?: object) =>
    (await page.request[method](`${REFLOOP}${path}`, { headers: { authorization: `Bearer ${token}` }, ...(data ? { data } : {}) })).json();
  const path = `/worklist/referrals/${referralId}`;
  const first = (await ask('get', path)) as Thread;
  // The payer's word: nothing goes to an office without it (R104).
  await ask('post', `${path}/acts`, {
    key: 'press-of-payer',
    sequence: first.sequence,
    what: { act: 'authorization', answer: 'not-needed', at: new Date().toISOString() },
  });
  const before = (await ask('get', path)) as Thread;
  const { link } = (await ask('post', `${path}/link`, { sequence: before.sequence })) as { link: string };
  const office = (await ask('post', '/office/open', { link, npi: before.performer.npi })) as { opened: string };
  for (const what of [{ act: 'accept' }, { act: 'offer-dates', dates: FREE }])
    await ask('post', '/office/acts', { opened: office.opened, key: `press-of-${what.act}`, what });
  return { thread: async () => (await ask('get', path)) as Thread };
}

test('a patient scans the handout, gives the date of birth, books a date, gives it back and chooses another office', async ({
  page,
  browser,
}) => {
  const chart = await openChart(ofOrder(PATIENT));
  const { birthDate = '', name: [{ family = '', given: [given = ''] = [] } = {}] = [] } = await chart.read<Patient>(`Patient/${PATIENT}`);
  const [year = '', month = '', day = ''] = birthDate.split('-');

  await openApp(page, ofOrder(PATIENT));
  await readyToApprove(page);
  // Close by there is one alone.
  await page.getByRole('combobox', { name: 'First circle' }).click();
  await page.getByRole('option', { name: '100 miles' }).click();
  const others = page.getByRole('group', { name: /may be asked too/ });
  const other = others.getByRole('checkbox').first();
  await expect(other).not.toBeChecked();
  await expect(others.getByText('In network').first()).toBeVisible();
  await other.focus();
  await other.press('Space');
  await expect(other).toBeChecked();
  await expectAccessible(page, 'others who may be asked');
  await readyToApprove(page);
  await page.locator('body').press('Control+Enter');
  await settled(page);
  // Who may be asked is decided: nothing of it looks as if it could be changed.
  await expect(page.getByRole('button', { name: /Someone else|Nobody fits/, includeHidden: true })).toHaveCount(0);
  await expect(others).toHaveCount(0);
  await expect(page.getByText(/^Approved besides: /)).toBeVisible();
  const made = page.waitForResponse((response) => response.url().endsWith('/patient-link'));
  await page.getByRole('button', { name: 'Handout for the patient' }).click();
  const answered = await made;
  const { link } = (await answered.json()) as { link: string };
  const referralId = /referrals\/([^/]+)\//.exec(answered.url())?.[1] ?? '';
  const paper = page.getByRole('dialog', { name: 'Handout for the patient' });
  await expect(paper.getByRole('img')).toBeVisible();
  await expect(paper).toContainText(link);
  await expectAccessible(page, 'the handout');

  const desk = await offerDates(page, referralId);
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: 'es-US', timezoneId: 'America/Chicago' });
  const patient = await context.newPage();
  const faults: string[] = [];
  patient.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  await patient.goto(`${REFLOOP}/patient#${link}`);
  await expect(patient.getByRole('heading', { level: 1 })).toHaveText('Su cita con un especialista');
  await expect(patient.getByText('llame al 911')).toBeVisible();
  await expectAccessible(patient, 'before the date of birth');
  await expectFits(patient, 'before the date of birth');

  const field = (name: string) => patient.getByRole('textbox', { name });
  await field('Mes').fill(String(Number(month)));
  await field('Día').fill(String(Number(day)));
  await field('Año').fill(String(Number(year) - 1));
  await patient.getByRole('button', { name: 'Abrir' }).click();
  await expect(patient.getByRole('alert')).toHaveText(/No es correcto.*Puede tratar 4 veces más/);
  await field('Año').fill(year);
  await patient.getByRole('button', { name: 'Abrir' }).click();
  await expect(patient.getByRole('heading', { level: 1 })).toHaveText('Ya puede hacer su cita.');
  await expect(patient.getByText('médico de la piel', { exact: true })).toBeVisible();
  await expect(patient.getByText('510-555-0150')).toBeVisible();
  await expectAccessible(patient, 'the dates');
  await expectFits(patient, 'the dates');
  await patient.setViewportSize({ width: 320, height: 640 });
  await expectFits(patient, 'the dates at 320');

  await patient.getByRole('button', { name: /martes/ }).click();
  await expect(patient.getByRole('status')).toHaveText(/Su cita está hecha/);
  expect((await desk.thread()).status).toBe('scheduled');
  // The link was handed over, so that no letter can tell the office: a coordinator does, and the page says so.
  await expect(patient.getByRole('status')).toContainText('Su clínica');
  // Other tests fill the list meanwhile, of which only the lines on the screen are drawn; and a second line of a referral waits until it is asked for.
  await page.getByRole('searchbox').fill(family);
  await expect(async () => {
    await page.getByRole('button', { name: 'Refresh', exact: true }).click();
    await expect(page.getByRole('row', { name: `${given} ${family}, Send by another way` })).toBeVisible({ timeout: 2000 });
  }).toPass();
  expect((await desk.thread()).obligations.map(({ kind }) => kind).toSorted()).toEqual(['not-sent', 'visit']);
  await patient.getByRole('button', { name: 'No puedo ir' }).click();
  await patient.getByRole('button', { name: 'Enviar' }).click();
  await expect(patient.getByRole('status')).toHaveText(/Su cita queda cancelada/);
  const { entries } = await desk.thread();
  expect(entries.find(({ title }) => title === 'Appointment cancelled')?.by).toBe('The patient, by link');

  await patient.getByRole('button', { name: 'Pedir otra fecha' }).waitFor();
  const options = patient.getByRole('region', { name: 'También puede elegir' });
  await expect(options.getByRole('button')).toHaveCount(1);
  await expectAccessible(patient, 'the others');
  await expectFits(patient, 'the others at 320');
  const pick = options.getByRole('button', { name: /^Elegir a / });
  const chosen = (await pick.innerText()).replace('Elegir a ', '');
  await pick.click();
  await expect(patient.getByRole('heading', { name: `¿Quiere ver a ${chosen}?` })).toBeFocused();
  await expectAccessible(patient, 'one more question');
  await patient.getByRole('button', { name: 'Sí, pregúntenle' }).click();
  await expect(patient.getByRole('status')).toHaveText(/Le vamos a preguntar al consultorio que eligió\. Su clínica le avisará/);
  await expect(options).toHaveCount(0);
  const after = await desk.thread();
  expect(after.performer.name).toBe(chosen);
  expect(after.obligations.map(({ kind }) => kind)).toContain('send');
  await patient.reload();
  await field('Mes').fill(String(Number(month)));
  await field('Día').fill(String(Number(day)));
  await field('Año').fill(String(Number(year) - 1));
  // One was wrong before: four are left.
  for (const left of ['Puede tratar 3 veces más', 'Puede tratar 2 veces más', 'Puede tratar una vez más']) {
    await patient.getByRole('button', { name: 'Abrir' }).click();
    await expect(patient.getByRole('alert')).toContainText(left);
  }
  await patient.getByRole('button', { name: 'Abrir' }).click();
  await expect(patient.getByRole('heading', { name: 'Este enlace está cerrado' })).toBeFocused();
  await expect(patient.getByRole('alert')).toContainText('This link is closed.');
  await expect(patient.getByRole('link', { name: '510-555-0150' })).toBeVisible();
  await expectAccessible(patient, 'a locked link');
  await expectFits(patient, 'a locked link');
  expect(faults.filter((fault) => !fault.includes('403'))).toEqual([]);
  await context.close();
});
