/**
 * `npm run simulate -- --seeds N [--referrals N] [--from SEED] [--threads N]`: that many simulated worlds, each on one thread and by a clock
 * of its own, as many at a time as there are threads. Exit 0 all holds · 1 something does not · 2 wrong use.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { plural, say, wrongUse } from '@refloop/server/commands/console';
import { runWorlds, type WorldRun } from './worlds.ts';

const USAGE =
  'Usage: npm run simulate -- --seeds N [--referrals N] [--from SEED] [--threads N]   (500 referrals, SEED 1 and a thread for each core unless given; SEED is a number)';
const SHOWN_LINES = 80;

function whole(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1) wrongUse(`--${name}: "${text}" is not a whole number from 1 on.`, USAGE);
  return Number(text);
}

function asked(): { seeds: number; referrals: number; from: number; threads: number } {
  const options = {
    seeds: { type: 'string' },
    referrals: { type: 'string' },
    from: { type: 'string' },
    threads: { type: 'string' },
  } as const;
  let values: { seeds?: string; referrals?: string; from?: string; threads?: string };
  try {
    ({ values } = parseArgs({ options }));
  } catch (error) {
    return wrongUse((error as Error).message, USAGE);
  }
  return {
    seeds: whole('seeds', values.seeds, 1),
    referrals: whole('referrals', values.referrals, 500),
    from: whole('from', values.from, 1),
    threads: whole('threads', values.threads, availableParallelism()),
  };
}

type Sum = {
  seeds: number;
  referrals: number;
  events: number;
  faults: Map<string, number>;
  statuses: Map<string, number>;
  happened: Map<string, number>;
  left: Map<string, number>;
  violations: number;
};

function add(counts: Map<string, number>, more: ReadonlyMap<string, number>): void {
  for (const [name, count] of more) counts.set(name, (counts.get(name) ?? 0) + count);
}

function tell({ seed, violations, trail, histories }: WorldRun, referrals: number): void {
  say(`seed ${seed}: the last that happened`);
  for (const line of trail.slice(-SHOWN_LINES)) say(`  ${line}`);
  for (const [referralId, lines] of histories) {
    say(`seed ${seed}: all of ${referralId}`);
    for (const line of lines) say(`  ${line}`);
  }
  for (const { rule, words, referralId, at } of violations) say(`VIOLATION seed ${seed}, ${rule}: ${words} (${referralId}, ${at})`);
  say(`again: npm run simulate -- --seeds 1 --referrals ${referrals} --from ${seed}`);
}

const counted = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .sort(([, left], [, right]) => right - left)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

const { seeds, referrals, from, threads } = asked();
const sum: Sum = {
  seeds: 0,
  referrals: 0,
  events: 0,
  faults: new Map(),
  statuses: new Map(),
  happened: new Map(),
  left: new Map(),
  violations: 0,
};
const started = performance.now();

function told(run: WorldRun): void {
  sum.seeds += 1;
  sum.referrals += run.referrals;
  sum.events += run.events;
  sum.violations += run.violations.length;
  add(sum.faults, run.byFault);
  add(sum.statuses, run.byStatus);
  add(sum.happened, run.byEvent);
  add(sum.left, run.byLeaving);
  if (run.violations.length > 0) tell(run, referrals);
  say(
    `seed ${run.seed}: ${plural(run.referrals, 'referral')}, ${plural(run.events, 'event')}, ${plural(run.faults, 'fault')}, ${plural(run.violations.length, 'violation')}`,
  );
}

try {
  await runWorlds(
    Array.from({ length: seeds }, (_, index) => from + index),
    referrals,
    threads,
    told,
  );
  say(`what happened: ${counted(sum.happened)}`);
  say(`what left: ${counted(sum.left)}`);
  say(`where they stand at the end: ${counted(sum.statuses)}`);
  say(`faults: ${counted(sum.faults)}`);
  const faults = [...sum.faults.values()].reduce((all, each) => all + each, 0);
  const words = [plural(sum.seeds, 'seed'), plural(sum.referrals, 'referral'), plural(sum.events, 'event'), plural(faults, 'fault')];
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  process.stdout.write(`simulate: ${words.join(', ')}, ${plural(sum.violations, 'violation')}, ${seconds} s\n`);
  process.exitCode = sum.violations === 0 ? 0 : 1;
} catch (error) {
  say(`The simulation failed: ${(error as Error).message}`);
  process.exitCode = 1;
}
