/**
 * `npm run campaign -- coverage --seed S [--runs N] [--referrals R]`: N seeds (200) of the simulated practice through the warehouse, and
 * how often every interval covers the truth. `--truths` counts the truths anew in a very large simulation instead.
 */
import { parseArgs } from 'node:util';
import { ALPHA, type Covered, judge, parameterTruths, plantedSeed, seedName } from '../coverage/coverage.ts';
import type { Given } from '../coverage/one-seed.ts';
import { countTruths, LARGE, readTruths } from '../coverage/truths.ts';

const OPTIONS = {
  seed: { type: 'string', default: '1' },
  runs: { type: 'string', default: '200' },
  referrals: { type: 'string', default: '3000' },
  truths: { type: 'boolean', default: false },
} as const;

const share = (covered: number, asked: number): string => `${((100 * covered) / asked).toFixed(1)} %`;

const lineOf = ({ key, truth, covered, asked, accepted, good }: Covered): string =>
  `  ${good ? ' ' : '!'} ${share(covered, asked)} (${covered} of ${asked}; ${accepted.low} to ${accepted.high} accepted)  ${key}, truth ${truth.toFixed(4)}`;

export default async function coverageCampaign(args: string[]): Promise<{ lastLine: string; good: boolean }> {
  const { values } = parseArgs({ args, options: OPTIONS });
  const [seed, runs, referrals] = [Number(values.seed), Number(values.runs), Number(values.referrals)];
  if (![seed, runs, referrals].every(Number.isInteger) || runs < 1 || referrals < 1) {
    return { lastLine: 'coverage: --seed, --runs and --referrals take whole numbers, the last two at least 1', good: false };
  }
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  if (values.truths) {
    const { truths } = countTruths((name) => say(`coverage: ${name} of ${LARGE.seeds}`));
    return { lastLine: `coverage: ${Object.keys(truths).length} truths from ${LARGE.seeds} × ${LARGE.referrals} referrals`, good: true };
  }
  const started = performance.now();
  const truths = new Map([...parameterTruths(), ...Object.entries(readTruths().truths).map(([key, { value }]) => [key, value] as const)]);
  const given: Given[][] = [];
  for (let run = 1; run <= runs; run += 1) {
    given.push(await plantedSeed(seedName(seed, run), referrals));
    if (run % 10 === 0) say(`coverage: ${run} seeds, ${((performance.now() - started) / 1000 / run).toFixed(1)} s a seed`);
  }
  const judged = judge(truths, given);
  const failed = judged.filter(({ good }) => !good);
  for (const each of judged) say(lineOf(each));
  const all = judged.reduce((sum, { covered, asked }) => ({ covered: sum.covered + covered, asked: sum.asked + asked }), {
    covered: 0,
    asked: 0,
  });
  return {
    lastLine:
      `coverage: ${runs} seeds of ${referrals} referrals, seed ${seed}; ${judged.length} intervals at 95 %, ${share(all.covered, all.asked)} cover; ` +
      `${failed.length} outside what the exact test accepts at ${ALPHA} over all`,
    good: failed.length === 0,
  };
}
