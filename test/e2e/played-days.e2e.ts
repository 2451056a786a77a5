/** The sandbox by itself: days are played with offices, patients and the practice's own people, until a referral that a clinician approved is closed by its rule. */
import { type Product, startProduct } from '../support/product.ts';
import { expectAccessible } from './support/accessible.ts';
import { type Place, refer } from './support/loop.ts';
import { signInByScript } from './support/smart-client.ts';
import { expect, test } from './support/test.ts';

const PATIENT = 'nephrology-3';
/** By which this specialist's office answers, sees the patient and sends its note, within the days that are played. */
const SEED = 'played-days-1';
const PATIENCE_MS = 400_000;

type Body = Record<string, unknown>;
type Played = { at: string; who: string; act: string; by: string };

let product: Product;
let place: Place;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  product = await startProduct();
  place = product;
});
test.afterAll(() => product?.stop());

const clock = async (): Promise<{ run: Body | null; played: Played[] }> =>
  (await (await fetch(`${product.ehr}/clock`)).json()) as { run: Body | null; played: Played[] };

/** As the coordinator reads it. */
async function statusOf(referralId: string): Promise<{ status: string; titles: string[] }> {
  const { id_token: idToken, access_token: accessToken } = await signInByScript({ user: 'coordinator' }, { where: place });
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ iss: `${product.ehr}/fhir`, idToken, accessToken });
  const { token } = (await (await fetch(`${product.refloop}/sessions`, { method: 'POST', headers, body })).json()) as { token: string };
  const thread = (await (
    await fetch(`${product.refloop}/worklist/referrals/${referralId}`, { headers: { authorization: `Bearer ${token}` } })
  ).json()) as { status: string; entries: { title: string }[] };
  return { status: thread.status, titles: thread.entries.map(({ title }) => title) };
}

test('a referral is sent, answered, kept, noted and reviewed by players alone, and closed by its rule; each act is theirs who may do it', async ({
  page,
}) => {
  test.setTimeout(PATIENCE_MS + 200_000);
  const referralId = await refer(page, PATIENT, place);

  await page.goto(`${product.ehr}/clock`);
  await expect(page.getByRole('checkbox', { name: 'The practice’s own people too' })).toBeChecked();
  await expectAccessible(page, 'clock');
  await page.getByRole('textbox', { name: 'Seed' }).fill(SEED);
  await page.getByRole('button', { name: 'Play fourteen days' }).click();
  await expect(async () => {
    const { run, played } = await clock();
    expect(run === null || played.some(({ act }) => act === 'review-note')).toBe(true);
  }).toPass({ timeout: PATIENCE_MS, intervals: [2000] });
  await fetch(`${product.ehr}/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ halt: true }),
  });

  const { played } = await clock();
  const acts = played.toReversed().map(({ act }) => act);
  expect(acts).toEqual([]);
  const { status, titles } = await statusOf(referralId);
  expect(status).toBe('closed');
  expect(titles).toEqual([]);
});
