/**
 * `npm run simulate -- --seeds N --referrals N [--from SEED]`: that many simulated practices in memory, every referral looked at with the
 * domain. Nothing is stored. Exit 0 all holds · 1 something does not, or it failed · 2 wrong use.
 */
import { parseArgs } from 'node:util';
import { runSeeds, type SeedsRun } from '../practice/run-seeds.ts';
import { plural, say, wrongUse } from './console.ts';

const USAGE = 'Usage: npm run simulate -- --seeds N --referrals N [--from SEED]   (SEED is a number; 1 unless given)';
/** Fixed, so that a seed means the same on every day. */
const UNTIL = new Date('2026-11-27T23:00:00.000Z');
const MOST_SHOWN = 20;

function whole(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1) wrongUse(`--${name}: "${text}" is not a whole number from 1 on.`, USAGE);
  return Number(text);
}

function asked(): { seeds: string[]; referrals: number } {
  const options = { seeds: { type: 'string' }, referrals: { type: 'string' }, from: { type: 'string' } } as const;
  let values: { seeds?: string; referrals?: string; from?: string };
  try {
    ({ values } = parseArgs({ options }));
  } catch (error) {
    return wrongUse((error as Error).message, USAGE);
  }
  const from = whole('from', values.from, 1);
  return {
    seeds: Array.from({ length: whole('seeds', values.seeds, 1) }, (_, at) => String(from + at)),
    referrals: whole('referrals', values.referrals, 30_000),
  };
}

const counts = (title: string, of: Map<string, number>): void => {
  say(`${title}:`);
  for (const [name, number] of [...of].sort(([, left], [, right]) => right - left)) say(`  ${String(number).padStart(9)}  ${name}`);
};

function report({ violations, byStatus, byType, seeds, referrals, events }: SeedsRun): void {
  counts('Where they stand at the end', byStatus);
  counts('Events', byType);
  for (const line of violations.slice(0, MOST_SHOWN)) say(`VIOLATION ${line}`);
  if (violations.length > MOST_SHOWN) say(`… and ${violations.length - MOST_SHOWN} more`);
  const sum = [plural(seeds, 'seed'), plural(referrals, 'referral'), plural(events, 'event'), plural(violations.length, 'violation')];
  process.stdout.write(`simulate: ${sum.join(', ')}\n`);
}

const { seeds, referrals } = asked();
try {
  const run = runSeeds({
    seeds,
    referrals,
    until: UNTIL,
    progress: (seed, so) => say(`seed ${seed}: ${plural(so.referrals, 'referral')} so far, ${plural(so.violations.length, 'violation')}`),
  });
  report(run);
  process.exitCode = run.violations.length === 0 ? 0 : 1;
} catch (error) {
  say(`The simulation failed: ${(error as Error).message}`);
  process.exitCode = 1;
}
