/**
 * `npm run bench -- chart [--runs N]`: from a cold launch in the chart to ranked matches on screen, the JavaScript the clinician's
 * route loads, and a routine referral by a keystroke-level model. Each run is a new browser context: nothing is cached.
 */

import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from '@playwright/test';
import { findChromium } from '../../tools/chromium.ts';
import { type Product, startProduct } from '../support/product.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Card, Moran and Newell, "The keystroke-level model for user performance time with interactive systems", CACM 23(7), 1980: seconds. */
const KLM = { key: 0.28, point: 1.1, press: 0.1, home: 0.4, think: 1.35 } as const;

/** Targets of the product (cold launch, initial JavaScript, routine referral). */
const TARGET = { milliseconds: 2000, javascriptBytes: 200_000, actions: 8, seconds: 60 };

type Action = { what: string; seconds: number };

/** A routine referral as the chart offers it: the first match and the note as composed, read once. */
const ROUTINE: Action[] = [
  { what: 'Refer, on the order', seconds: KLM.think + KLM.point + 2 * KLM.press },
  // Two glances a card for three cards, one for each paragraph of the note, one for the checks.
  { what: 'read three cards and the note', seconds: 12 * KLM.think },
  { what: 'Approve (Ctrl+Enter)', seconds: KLM.think + KLM.home + 2 * KLM.key },
  { what: 'Back to chart', seconds: KLM.think + KLM.home + KLM.point + 2 * KLM.press },
];

const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
};

async function launchUrl(product: Product, patient: string, order: string): Promise<string> {
  const answer = await fetch(`${product.ehr}/launches`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: 'clinician', patient, order }),
  });
  return ((await answer.json()) as { url: string }).url;
}

type LaunchPatient = { id: string; orders: (string | { id: string })[] };
type Run = { matches: number; note: number; javascript: number };

async function measure(browser: Browser, url: string): Promise<Run> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page: Page = await context.newPage();
  // The launch page and the app page load the same files: each counts once, as a browser with a cache fetches it.
  const scripts = new Map<string, number>();
  page.on('response', (response) => {
    if (!/\.js(\?|$)/.test(response.url())) return;
    void response.body().then(
      (body) => {
        scripts.set(response.url(), gzipSync(body).byteLength);
      },
      () => undefined,
    );
  });
  const started = performance.now();
  await page.goto(url, { waitUntil: 'commit' });
  await page
    .getByText(/eligible within|eligible/)
    .first()
    .waitFor();
  await page.getByRole('radio').first().waitFor();
  const matches = performance.now() - started;
  await page
    .getByText(/^Reason$/)
    .last()
    .waitFor();
  await page
    .getByText(/written by you/)
    .first()
    .waitFor();
  const note = performance.now() - started;
  await page.waitForLoadState('networkidle');
  await context.close();
  return { matches, note, javascript: [...scripts.values()].reduce((sum, bytes) => sum + bytes, 0) };
}

export default async function bench(args: string[]): Promise<{ lastLine: string; good: boolean }> {
  const { values } = parseArgs({ args, options: { runs: { type: 'string', default: '25' } } });
  const runs = Number(values.runs);
  const executablePath = findChromium();
  const product = await startProduct();
  const browser = await chromium.launch(executablePath ? { executablePath } : {});
  try {
    const { patients } = (await (await fetch(`${product.ehr}/launches`)).json()) as { patients: LaunchPatient[] };
    const largest = patients.filter((patient) => patient.id === 'three-thousand-resources');
    // A patient is launched once: a second launch would first offer the draft of the first.
    const ordinary = patients.filter((patient) => /-\d$/.test(patient.id)).slice(0, runs);
    let good = true;
    let worst = 0;
    let javascript = 0;
    const open = async (patient: LaunchPatient): Promise<Run> => {
      const [order] = patient.orders;
      if (order === undefined) throw new Error(`The sandbox has no order for ${patient.id}`);
      return measure(browser, await launchUrl(product, patient.id, typeof order === 'string' ? order : order.id));
    };
    for (const [name, group] of [
      ['routine charts', ordinary],
      ['chart of 3,000 resources', largest],
    ] as const) {
      const results: Run[] = [];
      for (const patient of group) results.push(await open(patient));
      const at = results.map((result) => result.matches);
      javascript = Math.max(javascript, ...results.map((result) => result.javascript));
      worst = Math.max(worst, median(at));
      good &&= median(at) <= TARGET.milliseconds;
      const note = median(results.map((result) => result.note));
      say(
        `${name}: matches on screen median ${median(at).toFixed(0)} ms, first ${at[0]?.toFixed(0)} ms, slowest ${Math.max(...at).toFixed(0)} ms; note median ${note.toFixed(0)} ms (n ${at.length})`,
      );
    }
    good &&= javascript <= TARGET.javascriptBytes;
    const seconds = ROUTINE.reduce((sum, action) => sum + action.seconds, 0) + worst / 1000;
    for (const action of ROUTINE) say(`keystroke-level model: ${action.what} ${action.seconds.toFixed(1)} s`);
    const actions = ROUTINE.length - 1;
    good &&= actions <= TARGET.actions && seconds <= TARGET.seconds;
    const lastLine =
      `chart: matches in ${worst.toFixed(0)} ms (target ${TARGET.milliseconds}), JavaScript ${(javascript / 1000).toFixed(0)} kB gz (budget ${TARGET.javascriptBytes / 1000}), ` +
      `routine referral ${actions} actions and ${seconds.toFixed(0)} s by keystroke-level model (targets ${TARGET.actions}, ${TARGET.seconds}), n ${ordinary.length + largest.length} cold launches`;
    return { lastLine, good };
  } finally {
    await browser.close();
    await product.stop();
  }
}
