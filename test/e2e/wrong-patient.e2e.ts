/** One patient a launch: a second one never shows, never writes and never reaches the first's data. */
import type { APIRequestContext } from '@playwright/test';
import { approveButton, editSentence, openApp, patientBanner, readyToApprove, settled, specialists } from './support/refer-page.ts';
import { appFrame, EHR, ofOrder, REFLOOP, referButton, signIn } from './support/sandbox.ts';
import { openChart, signInByScript, type TokenResponse, writtenTo } from './support/smart-client.ts';
import { expect, test } from './support/test.ts';

const FIRST = { id: 'rheumatology-1', family: 'Delgado' };
const SECOND = { id: 'rheumatology-2', family: 'Tupou' };
const THIRD = { id: 'orthopedics-1', family: 'Crenshaw' };
const FOURTH = { id: 'orthopedics-2', family: 'Archuleta' };

const openSession = (request: APIRequestContext, token: TokenResponse, patient?: string) =>
  request.post(`${REFLOOP}/sessions`, {
    data: { iss: `${EHR}/fhir`, idToken: token.id_token, accessToken: token.access_token, ...(patient ? { patient } : {}) },
  });
const problemOf = async (answer: { json(): Promise<unknown> }) => ((await answer.json()) as { type: string }).type.split('/').at(-1);

test('a second launch in the same tab shows nothing of the first', async ({ page }) => {
  await openApp(page, ofOrder(THIRD.id));
  await readyToApprove(page);
  await expect(patientBanner(page)).toContainText(THIRD.family);
  await openApp(page, ofOrder(FOURTH.id));
  await readyToApprove(page);
  await expect(patientBanner(page)).toContainText(FOURTH.family);
  expect(await page.content()).not.toContain(THIRD.family);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Session ended' }), 'a launch opens one session, a reload asks for another').toBeVisible();
  expect(await page.content()).not.toMatch(new RegExp(`${THIRD.family}|${FOURTH.family}`));
});

test('two windows side by side each write to their own chart, in whatever order they were opened', async ({ context }) => {
  const [first, second] = [await context.newPage(), await context.newPage()];
  await signIn(first, /Maren Oduya/);
  for (const [page, patient] of [
    [first, FIRST],
    [second, SECOND],
  ] as const) {
    await page.goto(`${EHR}/patients/${patient.id}`);
    await referButton(page).click();
    await readyToApprove(appFrame(page));
  }
  await editSentence(appFrame(first), 0, 'Written while a second chart was open elsewhere.');
  await approveButton(appFrame(first)).click();
  await settled(appFrame(first));
  const [ofFirst, ofSecond] = [
    await writtenTo(await openChart(ofOrder(FIRST.id)), FIRST.id),
    await writtenTo(await openChart(ofOrder(SECOND.id)), SECOND.id),
  ];
  expect([ofFirst.orders.length, ofFirst.notes.length, ofFirst.tasks.length]).toEqual([1, 1, 1]);
  expect(ofFirst.notes[0]?.subject?.reference).toBe(`Patient/${FIRST.id}`);
  expect(ofSecond).toEqual({ orders: [], notes: [], tasks: [], provenance: [] });
  await expect(approveButton(appFrame(second)), 'the second still waits for its own decision').toBeVisible();
});

test('an EHR that answers with another patient ends the page before anything shows', async ({ page }) => {
  await page.route(`${EHR}/fhir/Patient/${FOURTH.id}`, async (route) => {
    const answer = await route.fetch();
    const body = (await answer.json()) as object;
    await route.fulfill({ response: answer, json: { ...body, id: THIRD.id } });
  });
  await openApp(page, ofOrder(FOURTH.id));
  await expect(page.getByRole('heading', { name: 'Stopped: this is not the same patient' })).toBeVisible();
  expect(await page.locator('body').innerText()).not.toContain(FOURTH.family);
});

test('a chart with one resource of another patient in it is never drafted from', async ({ page }) => {
  const posted: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') posted.push(new URL(request.url()).pathname);
  });
  await page.route(`${EHR}/fhir/Condition?*`, async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text()).replaceAll(`"Patient/${FOURTH.id}"`, `"Patient/${THIRD.id}"`);
    await route.fulfill({ response: answer, body });
  });
  await openApp(page, ofOrder(FOURTH.id));
  await expect(page.getByRole('heading', { name: 'Stopped: this is not the same patient' })).toBeVisible();
  await expect(specialists(page)).toHaveCount(0);
  expect(await page.locator('body').innerText()).not.toContain(FOURTH.family);
  expect(posted).not.toContain('/recommendations');
});

test('a session is refused for another patient than the token’s', async ({ request }) => {
  const token = await signInByScript(ofOrder(FIRST.id));
  const refused = await openSession(request, token, SECOND.id);
  expect([refused.status(), await problemOf(refused)]).toEqual([403, 'patient-not-proven']);
});

test('a session bound to one patient cannot send another’s order or chart', async ({ request }) => {
  const opened = await openSession(request, await signInByScript(ofOrder(FIRST.id)), FIRST.id);
  expect(opened.status()).toBe(201);
  const { token } = (await opened.json()) as { token: string };
  const other = await (await openChart(ofOrder(SECOND.id))).read(`ServiceRequest/${SECOND.id}-referral`);
  const answer = await request.post(`${REFLOOP}/recommendations`, {
    headers: { authorization: `Bearer ${token}` },
    data: {
      order: other,
      chart: [],
      notSeen: [],
      request: {
        match: { specialty: 'rheumatology', urgency: 'routine', place: null, coverage: null, patient: 'adult', languages: [] },
        reasonText: 'Joint pain',
        reasonCodes: [],
        question: '',
        kind: 'consult',
        visits: 1,
      },
      writeBack: { rung: 6, steps: [], leftOut: [] },
    },
  });
  expect([answer.status(), await problemOf(answer)]).toEqual([403, 'another-patient']);
});

test('an id_token opens one session and no second', async ({ request }) => {
  const token = await signInByScript(ofOrder(FIRST.id));
  expect((await openSession(request, token, FIRST.id)).status()).toBe(201);
  const replayed = await openSession(request, token, FIRST.id);
  expect([replayed.status(), await problemOf(replayed)]).toEqual([401, 'id-token-refused']);
});

test('an id_token with other claims under the same signature is refused', async ({ request }) => {
  const token = await signInByScript(ofOrder(FIRST.id));
  const [header, , signature] = token.id_token.split('.');
  const claims = Buffer.from(JSON.stringify({ iss: EHR, aud: 'refloop', sub: 'admin', fhirUser: 'Practitioner/admin' })).toString(
    'base64url',
  );
  const forged = await openSession(request, { ...token, id_token: `${header}.${claims}.${signature}` }, FIRST.id);
  expect([forged.status(), await problemOf(forged)]).toEqual([401, 'id-token-refused']);
});
