/**
 * Shows the sandbox's fourteen days against a running `npm start`: the clinician refers patients of the sandbox, a coordinator sends the packets by the
 * EHR's Task and by mail, the clock is moved with the offices played, and what became of each referral is told with how long it took.
 *
 *   node test/clock/fortnight.ts [SEED] [FOLDER FOR SCREENSHOTS] [--staff]      (REFLOOP_EHR_PORT, REFLOOP_PORT as of the start)
 *
 * With --staff the practice's own people are played too: the coordinator sends what was approved, and the clinician reviews what comes back.
 */
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, expect, type Page } from '@playwright/test';
import { refer } from '../e2e/support/loop.ts';
import { decision } from '../e2e/support/refer-page.ts';
import { EHR, launch, REFLOOP } from '../e2e/support/sandbox.ts';
import { signInByScript } from '../e2e/support/smart-client.ts';

const WITH_STAFF = process.argv.includes('--staff');
const [SEED = 'fortnight-69', FOLDER] = process.argv.slice(2).filter((given) => given !== '--staff');

/**
 * Whom the clinician refers, by which way, and for what. Urgent orders and advice from the record: a routine visit of the simulated practice is
 * weeks ahead, and would lie behind the fortnight.
 */
const REFERRED: readonly { patient: string; way: 'fhir' | 'mail'; advice: boolean }[] = [
  ...['cardiology-2', 'dermatology-1', 'gastroenterology-1', 'gastroenterology-5', 'orthopedics-2', 'orthopedics-5'].map(
    (patient) => ({ patient, way: 'fhir', advice: false }) as const,
  ),
  ...['endocrinology-1', 'endocrinology-2', 'nephrology-1', 'nephrology-3'].map(
    (patient) => ({ patient, way: 'fhir', advice: true }) as const,
  ),
  { patient: 'gastroenterology-3', way: 'mail', advice: true },
  { patient: 'dermatology-3', way: 'mail', advice: false },
  { patient: 'gastroenterology-2', way: 'mail', advice: false },
];
const WIDTHS = [1440, 768, 360];
/** A busy machine takes longer than the minute that an idle one does. */
const PATIENCE_MS = 20 * 60_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

type Body = Record<string, unknown>;

async function json(url: string, init: RequestInit = {}): Promise<Body> {
  const response = await fetch(url, init);
  const body = (await response.json()) as Body;
  if (!response.ok)
    throw new Error(`${init.method ?? 'GET'} ${new URL(url).pathname}: ${response.status} ${String(body['detail'] ?? body['message'])}`);
  return body;
}

/** What asks Refloop as the coordinator; the session is opened as the app opens it. */
async function coordinator(): Promise<(method: string, path: string, body?: Body) => Promise<Body>> {
  const { id_token: idToken, access_token: accessToken } = await signInByScript({ user: 'coordinator' });
  const headers = { 'content-type': 'application/json' };
  const session = await json(`${REFLOOP}/sessions`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ iss: `${EHR}/fhir`, idToken, accessToken }),
  });
  return (method, path, body) =>
    json(`${REFLOOP}${path}`, {
      method,
      headers: { ...headers, authorization: `Bearer ${String(session['token'])}` },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
}

type Sent = { patient: string; referralId: string; way: 'fhir' | 'mail'; advice: boolean };

async function send(ask: Awaited<ReturnType<typeof coordinator>>, { patient, referralId, way }: Sent): Promise<void> {
  const path = `/worklist/referrals/${referralId}/packet`;
  const look = async (): Promise<Body> => (await ask('GET', path))['packet'] as Body;
  let packet = await look();
  if ((packet['holds'] as { kind: string }[]).some(({ kind }) => kind === 'incomplete')) {
    await ask('PUT', path, { revision: packet['revision'], what: { change: 'override', reason: 'They do their own tests' } });
    packet = await look();
  }
  const address = way === 'mail' ? { address: `desk-${patient}@office.example.org` } : {};
  await ask('POST', `${path}/transmissions`, {
    key: `fortnight-${referralId}`.slice(0, 64),
    sequence: packet['sequence'],
    revision: packet['revision'],
    way,
    ...address,
  });
}

/** As the clinician does who wants no visit. */
async function askForAdvice(page: Page): Promise<void> {
  await page.getByRole('combobox', { name: 'Kind of referral' }).click();
  await page.getByRole('option', { name: 'eConsult' }).click();
  await expect(page.getByRole('button', { name: /No visit asked for/i })).toBeVisible({ timeout: 60_000 });
  await expect(decision(page).getByText('Draft saved')).toBeVisible({ timeout: 60_000 });
}

async function referAll(browser: Browser): Promise<Sent[]> {
  const sent: Sent[] = [];
  for (const { patient, way, advice } of REFERRED) {
    const page = await (await browser.newContext()).newPage();
    try {
      const referralId = await refer(page, patient, undefined, advice ? () => askForAdvice(page) : undefined);
      const one = { patient, referralId, way, advice };
      if (!WITH_STAFF) await send(await coordinator(), one);
      sent.push(one);
      say(
        `${patient}: ${advice ? 'asked for advice' : 'referred'}${WITH_STAFF ? '' : `, sent by ${way === 'fhir' ? 'the EHR’s Task' : 'mail'}`}`,
      );
    } catch (error) {
      say(`${patient}: left out (${(error as Error).message.split('\n')[0]})`);
    }
    await page.context().close();
  }
  return sent;
}

async function play(page: Page): Promise<void> {
  await page.goto(`${EHR}/clock`);
  await page.getByRole('textbox', { name: 'Seed' }).fill(SEED);
  await page.getByRole('checkbox', { name: 'The practice’s own people too' }).setChecked(WITH_STAFF);
  const before = await json(`${EHR}/clock`);
  const began = performance.now();
  await page.getByRole('button', { name: 'Play fourteen days' }).click();
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await pause(500)) {
    const { run } = await json(`${EHR}/clock`);
    if (run === null) break;
  }
  const took = Math.round((performance.now() - began) / 1000);
  const after = await json(`${EHR}/clock`);
  say(`\n${String(before['now'])} to ${String(after['now'])} in ${took} s, at a load of ${loadavg()[0]?.toFixed(1)}`);
  for (const { at, who, act, by } of (after['played'] as Body[]).toReversed())
    say(`  ${String(at).slice(0, 16)}  ${String(who)}: ${String(act)} (${String(by)})`);
}

async function tell(sent: readonly Sent[]): Promise<void> {
  const ask = await coordinator();
  for (const { patient, referralId, advice } of sent) {
    const thread = await ask('GET', `/worklist/referrals/${referralId}`);
    const entries = thread['entries'] as { at: string; title: string; detail: string | null }[];
    say(`\n${patient}${advice ? ' (advice)' : ''}: ${String(thread['status'])}`);
    for (const { at, title, detail } of entries) say(`      ${at.slice(0, 16)}  ${title}${detail === null ? '' : ` · ${detail}`}`);
  }
}

async function photograph(page: Page, folder: string): Promise<void> {
  for (const [name, address] of [
    ['clock', `${EHR}/clock`],
    ['phone', `${EHR}/phone`],
    ['worklist', (await launch({ user: 'coordinator' })).url],
  ] as const) {
    await page.goto(address);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await pause(3000);
      await page.screenshot({ path: join(folder, `${name}-${width}.png`) });
    }
  }
}

const browser = await chromium.launch(process.env['REFLOOP_CHROMIUM'] ? { executablePath: process.env['REFLOOP_CHROMIUM'] } : {});
try {
  const sent = await referAll(browser);
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await play(page);
  // What was played last is looked for by Refloop at its own pace.
  await pause(20_000);
  await tell(sent);
  if (FOLDER !== undefined) await photograph(page, FOLDER);
} finally {
  await browser.close();
}
