/** Every way a launch or the work can fail ends on a plain page with a way out, and nothing is lost or written. */
import type { ServiceRequest } from '@medplum/fhirtypes';
import {
  approveButton,
  decision,
  editSentence,
  openApp,
  patientBanner,
  readyToApprove,
  settled,
  specialists,
} from './support/refer-page.ts';
import { draftOrder, EHR, launch, ofOrder, REFLOOP } from './support/sandbox.ts';
import { authorize, openChart } from './support/smart-client.ts';
import { expect, test } from './support/test.ts';

const OWN_WORDS = 'Seen twice in the emergency department this month.';

test('an EHR that is not on the list is refused before anything is asked of it', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).origin));
  await page.goto(`${REFLOOP}/launch?iss=${encodeURIComponent('http://localhost:9/fhir')}&launch=abc`);
  await expect(page.getByRole('heading', { name: 'This EHR is not set up for Refloop' })).toBeVisible();
  expect([...new Set(asked)]).toEqual([REFLOOP]);
});

for (const [what, query, heading] of [
  ['without a launch', '', 'Refloop has to be opened from the chart'],
  ['with its EHR spelled otherwise', `?iss=${encodeURIComponent(`${EHR}/fhir/`)}&launch=abc`, 'This EHR is not set up for Refloop'],
  ['that brings its own server', `?iss=${encodeURIComponent(`${EHR}/fhir`)}&launch=abc&fhirServiceUrl=x`, 'This launch was refused'],
  ['with a made-up handle', `?iss=${encodeURIComponent(`${EHR}/fhir`)}&launch=abc`, 'This launch has expired'],
] as const) {
  test(`a launch ${what} says so`, async ({ page }) => {
    await page.goto(`${REFLOOP}/launch${query}`);
    await expect(page.getByRole('heading', { name: heading })).toBeVisible();
    await expect(page.getByRole('heading', { name: heading })).toBeFocused();
  });
}

test('a handle is used once', async ({ page }) => {
  const { launch: handle, url } = await launch(ofOrder('neurology-1'));
  expect((await authorize(handle, 'v'.repeat(64))).searchParams.get('code')).toBeTruthy();
  await page.goto(url);
  await expect(page.getByRole('heading', { name: 'This launch has expired' })).toBeVisible();
});

test('access that the EHR denies', async ({ page }) => {
  await page.goto(`${REFLOOP}/app?error=access_denied&error_description=The+user+declined&state=abc`);
  await expect(page.getByRole('heading', { name: 'Access was denied' })).toBeVisible();
  expect(new URL(page.url()).search).toBe('');
});

test('a scope that the EHR did not grant', async ({ page }) => {
  await page.route(`${EHR}/auth/token`, async (route) => {
    const answer = await route.fetch();
    const token = (await answer.json()) as { scope: string };
    await route.fulfill({ response: answer, json: { ...token, scope: token.scope.replace(/patient\/Patient\.\w+/, '') } });
  });
  await openApp(page, ofOrder('neurology-1'));
  await expect(page.getByRole('heading', { name: 'The EHR did not allow what a referral needs' })).toBeVisible();
  await expect(page.getByRole('alert')).toContainText('patient/Patient.r');
});

test('a part of the chart that may not be read is named, and the rest is of use', async ({ page }) => {
  await page.route(`${EHR}/fhir/AllergyIntolerance*`, (route) =>
    route.fulfill({ status: 403, headers: { 'access-control-allow-origin': '*' }, contentType: 'application/fhir+json', body: '{}' }),
  );
  await openApp(page, ofOrder('neurology-1'));
  await readyToApprove(page);
  await expect(page.getByText('Allergies could not be read: the EHR did not allow it.')).toBeVisible();
});

test('an EHR that does not answer, and answers when tried again', async ({ page }) => {
  await page.route(`${EHR}/fhir/Patient/*`, (route) => route.abort('connectionrefused'));
  await openApp(page, ofOrder('neurology-2'));
  await expect(page.getByRole('heading', { name: 'The EHR does not answer' })).toBeVisible();
  await expect(page.getByText('Nothing was written.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
});

test('an order that may not be read any more at the approval: nothing is approved, nothing written', async ({ page }) => {
  const patient = 'endocrinology-1';
  await openApp(page, ofOrder(patient));
  await readyToApprove(page);
  await page.route(`${EHR}/fhir/ServiceRequest/*`, (route) =>
    route.fulfill({ status: 403, headers: { 'access-control-allow-origin': '*' }, contentType: 'application/fhir+json', body: '{}' }),
  );
  await approveButton(page).click();
  await expect(decision(page).getByText('The order could not be read again, so nothing was approved.')).toBeVisible();
  const order = await (await openChart(ofOrder(patient))).read<ServiceRequest>(`ServiceRequest/${draftOrder(patient)}`);
  expect(order.status).toBe('draft');
});

test('Refloop’s own server is down at the launch', async ({ page }) => {
  await page.route(`${REFLOOP}/sites`, (route) => route.abort('connectionrefused'));
  await page.goto((await launch(ofOrder('neurology-2'))).url);
  await expect(page.getByRole('heading', { name: 'Refloop’s server does not answer' })).toBeVisible();
});

test('Refloop asks for a moment’s patience: the page waits as long as it is told, and goes on', async ({ page }) => {
  const asked: number[] = [];
  await page.route(`${REFLOOP}/match`, async (route) => {
    asked.push(Date.now());
    if (asked.length > 1) return route.continue();
    return route.fulfill({
      status: 429,
      contentType: 'application/problem+json',
      headers: { 'retry-after': '2' },
      body: JSON.stringify({
        type: '/problems/too-many-requests',
        title: 'Too many requests',
        status: 429,
        detail: 'Wait.',
        reference: 'x',
      }),
    });
  });
  await openApp(page, ofOrder('neurology-2'));
  await expect(specialists(page).first()).toBeVisible();
  const [first = 0, second = 0] = asked;
  expect(second - first).toBeGreaterThanOrEqual(2000);
});

test('Refloop’s server goes down while the note is edited: the draft is kept in the page and saved when it is back', async ({ page }) => {
  const patient = 'endocrinology-2';
  await openApp(page, ofOrder(patient));
  await readyToApprove(page);
  await page.route(`${REFLOOP}/recommendations/**`, (route) => route.abort('connectionrefused'));
  await editSentence(page, 0, OWN_WORDS);
  await expect(decision(page).getByText(/The server does not answer. Your draft is kept in this page/)).toBeVisible();
  await expect(specialists(page).first()).toBeVisible();
  await page.unroute(`${REFLOOP}/recommendations/**`);
  await expect(decision(page).getByText('Draft saved')).toBeVisible();

  await openApp(page, ofOrder(patient));
  await expect(page.getByRole('heading', { name: 'You left work here' })).toBeVisible();
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByRole('button', { name: new RegExp(OWN_WORDS) })).toBeVisible();
  await expect(patientBanner(page)).toContainText('Ellery');
  await approveButton(page).click();
  await settled(page);
});
