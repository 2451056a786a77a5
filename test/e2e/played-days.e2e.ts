/** The sandbox by itself: days are played with offices, patients and the practice's own people, until a referral that a clinician approved is closed by its rule. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BusinessCalendar } from '@refloop/domain/sla/business-time';
import { clinicHolidaysOf } from '@refloop/domain/sla/clinic-holidays';
import { nextAct, type Request, type Standing } from '@refloop/launch/players/course';
import { answersCall, choice, wantsTexts } from '@refloop/launch/players/patient-course';
import { getsToItAt } from '@refloop/launch/players/staff/staff-course';
import { createStaffSession } from '@refloop/launch/players/staff/staff-session';
import { personKey } from '@refloop/launch/players/visit';
import { type Product, startProduct } from '../support/product.ts';
import { createTestClock, nextTuesday, type TestClock } from '../support/test-clock.ts';
import { expectAccessible } from './support/accessible.ts';
import { type Place, refer } from './support/loop.ts';
import { draftOrder } from './support/sandbox.ts';
import { expect, test } from './support/test.ts';

const PATIENT = 'pulmonology-4';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Of the fortnight that is played: each day less is a minute less on a slow machine. */
const CLOSED_WITHIN_DAYS = 13;
/** Among so many there is one by which everybody is quick. */
const SEEDS = 100_000;
const QUICK_DAYS = 4;
/** Nothing here is about how long it takes: a machine that does much else takes several times as long as an idle one. */
const PATIENCE_MS = 900_000;

type Body = Record<string, unknown>;
type Played = { who: string; act: string; by: string };
type Asked = Pick<Request, 'key' | 'patient' | 'urgency'>;

let folder: string;
let clock: TestClock;
let product: Product;
let place: Place;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'refloop-played-'));
  clock = createTestClock(folder, nextTuesday(new Date()));
  product = await startProduct({ env: clock.env });
  place = { ...product, now: clock.now };
});
test.afterAll(async () => {
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** When by this seed the office has accepted, booked, seen the patient and sent its note, and the clinician read it; undefined where that is not before `by`. */
function closesAt(seed: string, asked: Asked, start: Date, by: number, calendar: BusinessCalendar): number | undefined {
  const getsTo = (kind: string, since: Date): Date =>
    new Date(
      (getsToItAt(
        seed,
        { patientName: asked.patient, kind, since: since.toISOString(), dueAt: since.toISOString() },
        0,
        calendar,
      )?.getTime() ?? Number.NaN) + HOUR_MS,
    );
  // Each is done with the step after it is due.
  const after = (at: Date): Date => new Date(at.getTime() + HOUR_MS / 2);
  let standing: Standing = { stage: 'asked', since: getsTo('send', start) };
  for (const [act, stage] of [
    ['accept', 'accepted'],
    ['book', 'booked'],
    ['seen', 'seen'],
    ['note', 'noted'],
  ] as const) {
    const next = nextAct(seed, { ...asked, specialty: 'pulmonology' }, standing);
    if (next?.act !== act || next.at.getTime() >= by) return undefined;
    if (stage === 'noted') return getsTo('review', after(next.at)).getTime();
    standing = {
      stage,
      since: after(next.at),
      ...(next.act === 'book' ? { startsAt: next.startsAt } : standing.startsAt ? { startsAt: standing.startsAt } : {}),
    };
  }
  return undefined;
}

/** By which the patient answers the telephone, wants texts, and keeps to what is booked, and it is over soonest; from any start within two hours. */
function seedFor(asked: Asked, phone: string): string {
  const who = personKey(asked.patient);
  const start = clock.now();
  const holidays = [start.getUTCFullYear(), start.getUTCFullYear() + 1].flatMap(clinicHolidaysOf);
  const calendar = { timeZone: 'America/Chicago', opens: 8, closes: 17, holidays };
  const takes = (seed: string, hours: number, limit: number): number => {
    const from = new Date(start.getTime() + hours * HOUR_MS);
    return (closesAt(seed, asked, from, start.getTime() + limit, calendar) ?? Number.POSITIVE_INFINITY) - start.getTime();
  };
  let best: { seed: string; took: number } | undefined;
  for (let number = 0; number < SEEDS && (best?.took ?? Number.POSITIVE_INFINITY) > QUICK_DAYS * DAY_MS; number += 1) {
    const seed = `played-${number}`;
    const declines = choice(
      seed,
      { patient: asked.patient, referral: `${phone}/${asked.patient}` },
      { stage: 'asking', acts: ['decline'], dates: [], appointment: null },
    );
    if (declines || !wantsTexts(seed, who) || !answersCall(seed, who, 0)) continue;
    const limit = best?.took ?? CLOSED_WITHIN_DAYS * DAY_MS;
    if (takes(seed, 0, limit) >= limit) continue;
    const took = Math.max(...[0, 0.5, 1, 1.5, 2].map((hours) => takes(seed, hours, limit)));
    if (took < limit) best = { seed, took };
  }
  if (!best) throw new Error('No seed closes this referral in time.');
  return best.seed;
}

const clockNow = async (): Promise<{ run: Body | null; played: Played[] }> =>
  (await (await fetch(`${product.ehr}/clock`)).json()) as { run: Body | null; played: Played[] };

test('a referral is sent, answered, kept, noted and reviewed by players alone, and so closed by its rule', async ({ page }) => {
  test.setTimeout(PATIENCE_MS + 600_000);
  const referralId = await refer(page, PATIENT, place);
  const ask = createStaffSession({ origin: product.ehr, refloop: product.refloop, fetch }, 'coordinator');
  const read = async (path: string): Promise<Body> => (await ask('GET', `/worklist/referrals/${referralId}${path}`)).body as Body;
  const { performer, patientName, urgency } = (await read('')) as {
    performer: { npi: string };
    patientName: string;
    urgency: Asked['urgency'];
  };
  const { packet } = (await read('/packet')) as { packet: { ways: { way: string; preferred: boolean }[] } };
  const byFax = packet.ways.find(({ preferred }) => preferred)?.way === 'fax';
  const key = byFax ? `fax/${personKey(patientName)}/${performer.npi}` : `ServiceRequest/${draftOrder(PATIENT)}/${performer.npi}`;
  const { text } = (await read('/patient-contact')) as { text: { to: string } };
  const seed = seedFor({ key, patient: patientName, urgency }, text.to);

  await page.goto(`${product.ehr}/clock`);
  await expect(page.getByRole('checkbox', { name: 'The practice’s own people too' })).toBeChecked();
  await expectAccessible(page, 'clock');
  await page.getByRole('textbox', { name: 'Seed' }).fill(seed);
  await page.getByRole('button', { name: 'Play fourteen days' }).click();
  await expect(async () => {
    const { run, played } = await clockNow();
    expect(run === null || played.some(({ act }) => act === 'review-note')).toBe(true);
  }).toPass({ timeout: PATIENCE_MS, intervals: [500] });
  const halt = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ halt: true }) };
  await fetch(`${product.ehr}/clock`, halt);

  const { played } = await clockNow();
  const by = (act: string): string | undefined => played.find((each) => each.act === act)?.by;
  const office = byFax ? 'fax' : 'task';
  expect([by(byFax ? 'send-by-fax' : 'send-by-fhir'), by('accept'), by('book'), by('note'), by('review-note')]).toEqual([
    'refloop',
    office,
    office,
    office,
    'refloop',
  ]);
  expect(by('patient-wants-texts')).toBe('refloop');
  const thread = (await read('')) as { status: string; entries: { title: string; by: string }[] };
  expect(thread.status).toBe('closed');
  // Who it was is on record: the people who may do it, and no player.
  expect(thread.entries.map((entry) => entry.by).join('\n')).toMatch(/Teo Lindqvist[\s\S]*Maren Oduya/);

  // What told the patient meanwhile is on their phone; the page of the clock is just being loaded anew, since the run is over.
  const phones = await page.context().newPage();
  await phones.goto(`${product.ehr}/phone`);
  await expect(phones.getByRole('region', { name: `Phone ${text.to}` })).toContainText('Sandbox clinic: ');
  await expectAccessible(phones, 'phones');
});
