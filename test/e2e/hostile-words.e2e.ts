/** An order whose words are markup, places to be filled in and formulas: shown as they were written, and written back as they were. */
import type { ServiceRequest } from '@medplum/fhirtypes';
import { approveButton, openApp, readyToApprove, settled } from './support/refer-page.ts';
import { draftOrder, EHR, ofOrder, signIn } from './support/sandbox.ts';
import { openChart, writtenTo } from './support/smart-client.ts';
import { expect, test } from './support/test.ts';

const MARKUP = '<img src=x onerror="window.planted=1"><script>window.planted=1</script><b>bold</b>';
const FILLED_IN = '{{Task}} {{NAME}} ${1 + 1} =HYPERLINK("https://evil.example.org")';

test('what a chart says is words, on the page, in the chart and on its pages', async ({ page }) => {
  const patient = 'gynecology-4';
  const chart = await openChart(ofOrder(patient));
  const order = await chart.read<ServiceRequest>(`ServiceRequest/${draftOrder(patient)}`);
  const [reason, question] = [`Sore foot ${MARKUP}`, `Bypass or not? ${FILLED_IN} ${MARKUP}`];
  const changed = { ...order, reasonCode: [{ ...order.reasonCode?.[0], text: reason }], note: [{ text: question }] };
  const answer = await chart.send(`ServiceRequest/${order.id}`, {
    method: 'PUT',
    body: changed,
    headers: { 'if-match': `W/"${order.meta?.versionId}"` },
  });
  expect(answer.status).toBe(200);

  await openApp(page, ofOrder(patient));
  await readyToApprove(page);
  const planted = () => page.evaluate(() => [document.querySelectorAll('img[src="x"]').length, 'planted' in window]);
  await expect(page.getByRole('textbox', { name: 'Reason' })).toHaveValue(reason);
  await expect(page.getByText(MARKUP).first(), 'in the note').toBeVisible();
  expect(await planted()).toEqual([0, false]);
  await approveButton(page).click();
  await settled(page);
  expect(await planted()).toEqual([0, false]);

  const { orders, tasks } = await writtenTo(chart, patient);
  expect(orders.map(({ reasonCode, note }) => [reasonCode?.[0]?.text, note?.[0]?.text])).toEqual([[reason, question]]);
  expect(tasks.map(({ focus }) => focus?.reference)).toEqual([`ServiceRequest/${draftOrder(patient)}`]);

  await signIn(page, /Maren Oduya/);
  await page.goto(`${EHR}/patients/${patient}`);
  await expect(page.getByText('Sore foot <img src=x').first()).toBeVisible();
  expect(await planted()).toEqual([0, false]);
});
