/** Many runs, as many at a time as there are lanes; each is told as it ends, and a bad one in full. */
import { choicesOf } from './choices.ts';
import { openDeployment } from './deployment.ts';
import { SPEED } from './fast-clock.ts';
import type { Lane } from './lane.ts';
import { type RunOutcome, runOnce } from './run.ts';
import { type Counts, noCounts } from './world.ts';

export type Campaign = {
  seed: number;
  runs: readonly number[];
  lanes: number;
  /** Begins no further run once one has failed. */
  untilFirst?: boolean;
  /** Told of each run as it ends. */
  onOutcome: (outcome: RunOutcome, sum: CampaignSum) => void;
};

export type CampaignSum = {
  runs: number;
  violations: number;
  failed: number[];
  /** What is wrong with the audit of a lane once all its runs are over. */
  auditFaults: string[];
  counts: Counts;
  endings: Map<string, number>;
};

async function outcomeOf(lane: Lane, seed: number, run: number): Promise<RunOutcome> {
  try {
    return await runOnce(lane, seed, run);
  } catch (error) {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const violations = [`the run could not be carried out: ${words}`];
    return { run, choices: choicesOf(seed, run), violations, ending: 'not carried out', counts: noCounts(), timeline: [] };
  }
}

function add(sum: CampaignSum, { run, violations, counts, ending }: RunOutcome): void {
  sum.runs += 1;
  sum.violations += violations.length;
  if (violations.length > 0) sum.failed.push(run);
  for (const name of Object.keys(sum.counts) as (keyof Counts)[]) sum.counts[name] += counts[name];
  sum.endings.set(ending, (sum.endings.get(ending) ?? 0) + 1);
}

export async function runCampaign({ seed, runs, lanes, untilFirst, onOutcome }: Campaign): Promise<CampaignSum> {
  const sum: CampaignSum = { runs: 0, violations: 0, failed: [], auditFaults: [], counts: noCounts(), endings: new Map() };
  const deployment = await openDeployment(Math.min(lanes, runs.length));
  const waiting = [...runs];
  try {
    await Promise.all(
      deployment.lanes.map(async (lane) => {
        for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
          const outcome = await outcomeOf(lane, seed, run);
          add(sum, outcome);
          onOutcome(outcome, sum);
          if (untilFirst && outcome.violations.length > 0) waiting.length = 0;
        }
        const fault = await lane.auditFault();
        if (fault !== undefined) sum.auditFaults.push(fault);
      }),
    );
  } finally {
    await deployment.close();
  }
  return sum;
}

/** A failure in full: how to see it again, what was left to chance, and what happened. */
export const report = (seed: number, { run, violations, choices, timeline }: RunOutcome): string =>
  [
    `run ${run} of seed ${seed}: ${violations.length} violations`,
    ...violations.map((each) => `  ${each}`),
    `  again: npm run campaign -- writeback --seed ${seed} --only ${run}`,
    `  choices: ${JSON.stringify(choices)}`,
    `  by a clock that goes ${SPEED} times faster than the machine's:`,
    ...timeline.map((line) => `    ${line}`),
  ].join('\n');
