/** A specialist's office without an account: from the link to the note, on a telephone and at a desk. The referral is one of the simulated practice. */
import type { APIRequestContext, Page } from '@playwright/test';
import { type Product, startProduct } from '../support/product.ts';
import { expectAccessible, expectFits } from './support/accessible.ts';
import { launch } from './support/sandbox.ts';
import { expect, test } from './support/test.ts';

type Row = { referralId: string; kind: string };
type Thread = { sequence: number; status: string; performer: { npi: string } };

let product: Product;

test.beforeAll(async () => {
  product = await startProduct({ env: { REFLOOP_HISTORY: '150' } });
});
test.afterAll(() => product?.stop());

/** A coordinator in the Referral center, and what they ask of the API. */
async function coordinator(page: Page) {
  const opened = page.waitForResponse((response) => response.url() === `${product.refloop}/sessions`);
  await page.goto((await launch({ user: 'coordinator' }, product.ehr)).url);
  const { token } = (await (await opened).json()) as { token: string };
  const headers = { authorization: `Bearer ${token}` };
  const request: APIRequestContext = page.request;
  return {
    get: async <Answer>(path: string): Promise<Answer> =>
      (await (await request.get(`${product.refloop}${path}`, { headers })).json()) as Answer,
    post: async <Answer>(path: string, data: object): Promise<Answer> =>
      (await (await request.post(`${product.refloop}${path}`, { headers, data })).json()) as Answer,
  };
}

/** The answer arrives and nobody hears that it did; the coordinator sends it again, as the page says they may. */
async function answerUnheard(page: Page, referralId: string, text: string): Promise<void> {
  await page.evaluate((id) => location.assign(`#worklist/${id}`), referralId);
  const form = page.getByRole('form', { name: 'Answer the office' });
  await form.getByRole('textbox').fill(text);
  // No news meanwhile: it would take the form away.
  const news = /\/worklist/;
  await page.route(news, (route) => (route.request().method() === 'GET' ? route.abort() : route.fallback()));
  const messages = /\/messages$/;
  await page.route(
    messages,
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    { times: 1 },
  );
  await form.getByRole('button', { name: 'Send the answer' }).click();
  await expect(form.getByText(/Whether this was done is not known; pressing again is safe/)).toBeVisible();
  await form.getByRole('button', { name: 'Send the answer' }).click();
  await expect(page.getByText('Your answer is on the page of the office.')).toBeVisible();
  await page.unroute(news);
}

const WRONG = '1538271645';

test('a link opens with the NPI, and the office accepts, asks, books and sends its note', async ({ page, browser }) => {
  const desk = await coordinator(page);
  let row: Row | undefined;
  // Its history is loaded beside the product.
  await expect(async () => {
    const { rows } = await desk.get<{ rows: Row[] }>('/worklist');
    row = rows.findLast(({ kind }) => kind === 'send' || kind === 'answer');
    expect(row).toBeDefined();
  }).toPass();
  const path = `/worklist/referrals/${row?.referralId}`;
  const before = await desk.get<Thread>(path);
  const { link } = await desk.post<{ link: string }>(`${path}/link`, { sequence: before.sequence });

  const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
  const office = await context.newPage();
  const violations: string[] = [];
  office.on('console', (message) => message.type() === 'error' && violations.push(message.text()));
  await office.goto(`${product.refloop}/office#${link}`);
  await expect(office.getByRole('heading', { name: 'A referral for your office' })).toBeVisible();
  await expectAccessible(office, 'before the NPI');
  expect(await office.content()).not.toContain('Simulated patient');

  const npi = office.getByRole('textbox', { name: 'NPI of the specialist' });
  await npi.fill('12');
  await office.getByRole('button', { name: 'Open' }).click();
  await expect(office.getByRole('alert')).toHaveText(/ten digits/);
  await npi.fill(WRONG);
  await office.getByRole('button', { name: 'Open' }).click();
  await expect(office.getByRole('alert')).toHaveText(/4 tries are left/);
  await npi.fill(before.performer.npi);
  await office.keyboard.press('Enter');
  await expect(office.getByRole('heading', { level: 1 })).toHaveText(/^Simulated patient/);
  await expectAccessible(office, 'the referral');
  await expectFits(office, 'the referral');

  const told = office.getByRole('status');
  await office.getByRole('button', { name: 'Accept the referral' }).click();
  await expect(told).toHaveText(/Accepted/);
  await office.getByRole('button', { name: 'Ask the practice…' }).click();
  await office.getByRole('textbox', { name: 'Your question to the practice' }).fill('Is there an ECG?');
  await expectAccessible(office, 'a question');
  await office.getByRole('button', { name: 'Send to the practice' }).click();
  await expect(told).toHaveText(/Your question is with the practice/);
  await office.getByRole('button', { name: 'The patient was seen…' }).click();
  await office.getByLabel('Day of the visit').fill('2016-05-06');
  await office.getByRole('button', { name: 'Send to the practice' }).click();
  await expect(told).toHaveText(/too early/);
  await office.getByLabel('Day of the visit').fill(new Date().toLocaleDateString('sv-SE'));
  await office.getByRole('button', { name: 'Send to the practice' }).click();
  await expect(told).toHaveText(/note is what is waited for/);
  await office.getByRole('button', { name: 'Book an appointment…' }).click();
  await office.getByRole('button', { name: 'Send to the practice' }).click();
  await expect(office.getByRole('alert')).toHaveText(/day and the time/);
  await office.getByLabel('Day and time').fill('2031-05-06T09:30');
  await office.getByRole('button', { name: 'Send to the practice' }).click();
  await expect(told).toHaveText(/Booked/);

  await office.setViewportSize({ width: 1440, height: 900 });
  await answerUnheard(page, `${row?.referralId}`, 'It is in the packet.');
  await office.getByRole('button', { name: 'Send your note…' }).click();
  const pdf = { name: 'note.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\nA note of the test\n') };
  await office.getByLabel(/Your note, as a PDF/).setInputFiles(pdf);
  await expectAccessible(office, 'a note');
  await office.getByRole('button', { name: 'Send to the practice' }).click();
  await expect(told).toHaveText(/Your note has arrived/);
  await expect(office.getByText('It is in the packet.')).toHaveCount(1);
  await expect(office.getByText('Nothing more is needed from you.')).toBeVisible();
  expect((await desk.get<Thread>(path)).status).toBe('reported');

  await office.goto(`${product.refloop}/office#${link.slice(1)}`);
  await expect(office.getByRole('heading', { name: 'This link is not complete' })).toBeVisible();
  // A wrong NPI is refused with 403 and a wrong day with 400, which the browser tells on its console; nothing else may stand there.
  expect(violations.filter((text) => !/40[03]/.test(text))).toEqual([]);
  await context.close();
});
