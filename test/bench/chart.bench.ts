/**
 * `npm run bench -- chart [--runs 25] [--referrals 10] [--mode MODE]`: in each mode of the sandbox EHR, from a cold launch in the chart to
 * ranked matches on screen and through a whole referral, in Chromium; the JavaScript the clinician's route loads; a routine referral by
 * a keystroke-level model. What is wrong on screen or in the chart is told first, and then no figure of that mode counts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { findMode, MODES, type ModeName } from '@refloop/launch/modes/modes';
import { findChromium } from '../../tools/chromium.ts';
import { INITIAL_JAVASCRIPT_BUDGET } from '../support/initial-javascript.ts';
import { startProduct } from '../support/product.ts';
import { launchInBrowser, ON_SCREEN } from './clinician/browser-referral.ts';
import { makeChartAccess } from './clinician/chart-access.ts';
import { faultsInChart } from './clinician/left-in-chart.ts';
import { openStepTimes, type StepTimes } from './clinician/step-times.ts';
import { inMilliseconds, machineLoad, median, quantile } from './figures.ts';
import { type Draft, writePatients } from './many-patients.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Card, Moran and Newell, "The keystroke-level model for user performance time with interactive systems", CACM 23(7), 1980: seconds. */
const KLM = { key: 0.28, point: 1.1, press: 0.1, home: 0.4, think: 1.35 } as const;

/** Targets of the product (cold launch, initial JavaScript, routine referral). */
const TARGET = { milliseconds: 2000, javascriptBytes: INITIAL_JAVASCRIPT_BUDGET, actions: 8, seconds: 60 };

type Action = { what: string; seconds: number };

/** A routine referral as the chart offers it: the first match and the note as composed, read once. */
const ROUTINE: Action[] = [
  { what: 'Refer, on the order', seconds: KLM.think + KLM.point + 2 * KLM.press },
  // Two glances a card for three cards, one for each paragraph of the note, one for the checks.
  { what: 'read three cards and the note', seconds: 12 * KLM.think },
  { what: 'Approve (Ctrl+Enter)', seconds: KLM.think + KLM.home + 2 * KLM.key },
  { what: 'Back to chart', seconds: KLM.think + KLM.home + KLM.point + 2 * KLM.press },
];

const LARGEST = 'three-thousand-resources';

type OfMode = { mode: ModeName; times: StepTimes; largest: StepTimes; faults: string[] };

const figuresOf = (times: readonly number[]): string =>
  `p50 ${inMilliseconds(quantile(times, 0.5))}, p99 ${inMilliseconds(quantile(times, 0.99))} ms, n ${times.length}`;

/** @returns the median of the slower kind of chart, or undefined where nothing counts */
function tell({ mode, times, largest, faults }: OfMode): number | undefined {
  say('');
  say(`${mode}${faults.length === 0 ? '' : ': no figure counts, because'}`);
  for (const fault of faults) say(fault);
  if (faults.length > 0) return undefined;
  for (const line of times.lines()) say(line);
  const [ordinary, long] = [times.of(ON_SCREEN.matches), largest.of(ON_SCREEN.matches)];
  say(`chart of 3,000 resources: matches ${figuresOf(long)}; note ${figuresOf(largest.of(ON_SCREEN.note))}`);
  return Math.max(median(ordinary), median(long));
}

export default async function bench(args: string[]): Promise<{ lastLine: string; good: boolean }> {
  const { values } = parseArgs({
    args,
    options: { runs: { type: 'string', default: '25' }, referrals: { type: 'string', default: '10' }, mode: { type: 'string' } },
  });
  const [runs, referrals] = [Number(values.runs), Number(values.referrals)];
  const only = values.mode === undefined ? undefined : findMode(values.mode);
  if (!(runs >= 1 && referrals >= 0 && referrals <= runs) || (values.mode !== undefined && !only)) {
    const names = MODES.map(({ name }) => name).join(', ');
    return { lastLine: `chart: --runs takes 1 or more, --referrals no more than that, --mode one of ${names}`, good: false };
  }
  const modes = (only ? [only] : MODES).map(
    ({ name }): OfMode => ({ mode: name, times: openStepTimes(), largest: openStepTimes(), faults: [] }),
  );
  const folder = mkdtempSync(join(tmpdir(), 'refloop-chart-'));
  // A patient is launched once: a second launch would first offer the draft of the first.
  const drafts = writePatients(join(folder, 'patients'), runs * modes.length + 1, new Date().toISOString().slice(0, 10), [LARGEST]);
  const [largest, spare, ...ordinary] = drafts.reverse();
  if (!largest || !spare) throw new Error('The sandbox has no patients to launch');
  const access = makeChartAccess(folder);
  const executablePath = findChromium();
  const product = await startProduct({ args: ['--data', join(folder, 'patients')], env: access.env });
  const browser = await chromium.launch(executablePath ? { executablePath } : {});
  try {
    const chart = access.at(product.ehr);
    let javascript = 0;
    const open = async (of: OfMode, draft: Draft, times: StepTimes, whole: boolean): Promise<void> => {
      try {
        const run = await launchInBrowser({ browser, places: product, draft, mode: of.mode, times, whole });
        javascript = Math.max(javascript, run.javascript);
        of.faults.push(...run.faults, ...(run.referred ? await faultsInChart(chart, run.referred) : []));
      } catch (error) {
        of.faults.push(`${of.mode}, ${draft.patient}: ${(error as Error).message.split('\n')[0]}`);
      }
    };
    const [first] = modes;
    if (first) {
      const after = openStepTimes();
      await open(first, spare, after, false);
      say(`the first launch after the start: matches on screen after ${after.of(ON_SCREEN.matches)[0]?.toFixed(0)} ms; not counted below`);
    }
    // One mode after the other in each round: what slows the machine for a while slows all of them.
    for (let run = 0; run < runs; run += 1)
      for (const of of modes) {
        const draft = ordinary.pop();
        if (draft) await open(of, draft, of.times, run < referrals);
      }
    for (const of of modes) await open(of, largest, of.largest, false);
    const medians = modes.map(tell);
    const worst = Math.max(...medians.map((each) => each ?? Number.NaN));
    say('');
    const seconds = ROUTINE.reduce((sum, action) => sum + action.seconds, 0) + worst / 1000;
    for (const action of ROUTINE) say(`keystroke-level model: ${action.what} ${action.seconds.toFixed(1)} s`);
    const actions = ROUTINE.length - 1;
    const each = modes.map(({ mode, times }) => `${mode} ${figuresOf(times.of(ON_SCREEN.matches))}`).join('; ');
    const wrong = modes.reduce((sum, { faults }) => sum + faults.length, 0);
    return {
      lastLine:
        `chart: cold launch to ranked matches: ${each} (target median ${TARGET.milliseconds}); wrong ${wrong}; ` +
        `JavaScript ${(javascript / 1000).toFixed(0)} kB gz (budget ${TARGET.javascriptBytes / 1000}), ` +
        `routine referral ${actions} actions and ${seconds.toFixed(0)} s by keystroke-level model (targets ${TARGET.actions}, ${TARGET.seconds}); load ${machineLoad()}`,
      good:
        wrong === 0 &&
        worst <= TARGET.milliseconds &&
        javascript <= TARGET.javascriptBytes &&
        actions <= TARGET.actions &&
        seconds <= TARGET.seconds,
    };
  } finally {
    await browser.close();
    await product.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
