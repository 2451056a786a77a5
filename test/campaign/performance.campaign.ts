/**
 * `npm run campaign -- performance --seed S [--runs N] [--practices M]`: what is called better or worse in N drawn practices (200) where nobody
 * differs, and in as many where somebody does; how often intervals hold the truth; and in M simulated practices (1), planted and clean.
 */
import { parseArgs } from 'node:util';
import { FALSE_DISCOVERY, INTERVAL } from '@refloop/analytics/performance/assess';
import { countFlags, type FlagsCounted } from '@refloop/analytics/performance/test-false-flags';
import { PLANTED_TRUTHS, SANDBOX_SEED } from '@refloop/server/practice/planted-truths';
import { acceptedCounts, acceptedOfEach, highestMean } from '../coverage/exact-binomial.ts';
import { averageIntervals, shareIntervals } from '../performance/interval-coverage.ts';
import { judgePractice, tallyOf } from '../performance/judged-practices.ts';
import { plannedPower } from '../performance/planted-power.ts';

const PRACTICE = { specialties: 8, attempts: 500, specialists: 10 };
const REFERRALS = 30_000;
/** The stated level: with nobody different, at most one practice in ten shows somebody who is called so. */
const LEVEL = FALSE_DISCOVERY;
/** Of all judgements of a run together (Bonferroni): a run in which everything holds fails once in a hundred. */
const ALPHA = 0.01 / 20;

const say = (line: string): void => void process.stderr.write(`performance: ${line}\n`);
const share = (count: number, of: number): string => `${count} of ${of} (${((100 * count) / of).toFixed(1)} %)`;
/** That no more than a share of `level` is true of `of`, by the exact binomial test. */
const atMost = (count: number, of: number, level: number): boolean => count <= acceptedCounts(of, level, ALPHA).high;

type Wrong = string[];

function clean(unit: 'share' | 'days', seeds: readonly number[], between: number): Wrong {
  const found = countFlags({ ...PRACTICE, unit, between }, seeds);
  const { runs, runsWithFalse, runsLetThrough, runsUnadjusted, compared } = found;
  const [beyond95, beyond998] = [Math.round(found.beyond95 * compared), Math.round(found.beyond998 * compared)];
  say(
    `${unit}, nobody differs${between > 0 ? ` by more than usual (${between})` : ''}: called in ${share(runsWithFalse, runs)} practices; let through by the procedure for many ` +
      `alone in ${share(runsLetThrough, runs)}, by single tests in ${share(runsUnadjusted, runs)}; ` +
      `beyond the 95 % limits ${share(beyond95, compared)}, the 99.8 % limits ${share(beyond998, compared)}`,
  );
  if (between > 0) return [];
  const wrong = [
    atMost(runsWithFalse, runs, LEVEL) ? [] : [`${unit}: called in ${share(runsWithFalse, runs)}`],
    atMost(runsLetThrough, runs, LEVEL) ? [] : [`${unit}: let through in ${share(runsLetThrough, runs)}`],
    atMost(beyond95, compared, 0.05) ? [] : [`${unit}: ${beyond95} beyond the 95 % limits`],
    atMost(beyond998, compared, 0.004) ? [] : [`${unit}: ${beyond998} beyond the 99.8 % limits`],
  ];
  return wrong.flat();
}

/** Two who differ, in two specialties. */
const DIFFERENT = [
  { specialty: 0, specialist: 4 },
  { specialty: 3, specialist: 1 },
];

function planted(unit: 'share' | 'days', seeds: readonly number[], effect: number): Wrong {
  const power = plannedPower(
    { ...PRACTICE, unit },
    DIFFERENT.map((each) => ({ ...each, effect })),
  );
  const names = DIFFERENT.map(({ specialty, specialist }) => [`s${specialty}-${specialist}`, effect] as const);
  const found: FlagsCounted = countFlags({ ...PRACTICE, unit, planted: Object.fromEntries(names) }, seeds);
  const { low, high } = acceptedCounts(found.planted, power, ALPHA);
  const most = highestMean(found.runs, LEVEL, ALPHA);
  say(
    `${unit}, two differ by ${effect}: found ${share(found.found, found.planted)}, its power is ${power.toFixed(3)}, so that ${low} to ${high} are accepted; ` +
      `wrong ${share(found.wrong, Math.max(1, found.flagged))} of those called, mean ${(100 * found.falseDiscovery).toFixed(1)} %, at most ${(100 * most).toFixed(1)} % accepted`,
  );
  return [
    ...(found.found >= low && found.found <= high
      ? []
      : [`${unit}: found ${share(found.found, found.planted)}, where the power is ${power}`]),
    ...(found.falseDiscovery <= most ? [] : [`${unit}: ${found.falseDiscovery} of those called are wrong`]),
  ];
}

function coverage(seeds: readonly number[]): Wrong {
  return ([0, 0.1, 0.3, 0.8] as const).flatMap((between) =>
    ([shareIntervals, averageIntervals] as const).flatMap((intervals) => {
      const tries = seeds.map((seed) => intervals(seed, between));
      const [held, of] = [tries.reduce((sum, each) => sum + each.held, 0), tries.reduce((sum, each) => sum + each.of, 0)];
      const { low } = acceptedCounts(of, INTERVAL, ALPHA);
      say(`${intervals.name}, specialists differ by ${between}: 90 % intervals hold ${share(held, of)}, at least ${low} accepted`);
      // Where they hardly differ the prior makes them wider than they need be: never below the level, and above is no fault.
      return held >= low ? [] : [`${intervals.name} at ${between}: held ${share(held, of)}`];
    }),
  );
}

async function practices(seed: number, many: number): Promise<Wrong> {
  const wrong: Wrong = [];
  let [called, measures] = [0, 0];
  for (let at = 0; at < many; at += 1) {
    const name = at === 0 ? SANDBOX_SEED : `performance-${seed}-${at}`;
    const { office } = PLANTED_TRUTHS.chanceOutlier;
    const tally = tallyOf(await judgePractice(name, REFERRALS, true), office);
    const { low, high } = acceptedOfEach(tally.powers, ALPHA);
    const expected = tally.powers.reduce((sum, each) => sum + each, 0).toFixed(1);
    say(
      `practice ${name}: planted ${share(tally.found, tally.planted)} found, of which ${expected} are expected and ${low} to ${high} accepted; ${tally.falseAlarms.length} others called of ${tally.compared}` +
        tally.falseAlarms.map((each) => `; ${each}`).join(''),
    );
    if (tally.found < low || tally.found > high) wrong.push(`${name}: planted ${share(tally.found, tally.planted)} found`);
    if (tally.chanceOutlierCalled) wrong.push(`${name}: the outlier by chance was called`);
    const nobody = await judgePractice(`${name}-clean`, REFERRALS, false);
    // Whoever is outside the network loses nobody to it, there too.
    const alarms = nobody.filter(({ verdict, office: id }) => verdict !== 'not-distinguishable' && !id.includes('-out-'));
    called += new Set(alarms.map(({ measure }) => measure)).size;
    measures += new Set(nobody.map(({ measure }) => measure)).size;
    say(
      `practice ${name}-clean: ${alarms.length} called of ${nobody.length}${alarms.map(({ measure, office: id }) => `; ${measure} ${id}`).join('')}`,
    );
  }
  if (measures > 0 && !atMost(called, measures, LEVEL))
    wrong.push(`clean practices: somebody called in ${share(called, measures)} measures`);
  return wrong;
}

export default async function performanceCampaign(args: string[]): Promise<{ lastLine: string; good: boolean }> {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string', default: '1' },
      runs: { type: 'string', default: '200' },
      practices: { type: 'string', default: '1' },
    },
  });
  const [seed, runs, many] = [Number(values.seed), Number(values.runs), Number(values.practices)];
  if (![seed, runs, many].every(Number.isInteger) || runs < 1 || many < 0) {
    return { lastLine: 'performance: --seed, --runs and --practices take whole numbers, --runs at least 1', good: false };
  }
  const started = performance.now();
  const seeds = Array.from({ length: runs }, (_, at) => seed * 1_000_003 + at);
  const wrong = [
    ...clean('share', seeds, 0),
    ...clean('days', seeds, 0),
    ...clean('share', seeds, 0.15),
    ...planted('share', seeds, -1.6),
    ...planted('days', seeds, 0.5),
    ...coverage(seeds),
    ...(await practices(seed, many)),
  ];
  for (const each of wrong) say(`WRONG ${each}`);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  return {
    lastLine: `performance: ${runs} drawn practices of each kind, ${many} simulated ones, ${wrong.length} wrong, seed ${seed}, ${seconds} s`,
    good: wrong.length === 0,
  };
}
