/** Over many seeds: how often each interval covers the truth, and whether that is its level within what chance allows. */

import { readDrift } from '@refloop/analytics/fairness/drift';
import { FALSE_DISCOVERY_RATE } from '@refloop/analytics/fairness/fairness-definition';
import { countGaps, type Gap, type GapsResult, judgeGaps, MEASURES, type Measure } from '@refloop/analytics/fairness/gaps';
import { FEWEST_TO_JUDGE } from '@refloop/domain/fewest-to-judge';
import { PLANTED_TRUTHS } from '@refloop/server/practice/planted-truths';
import { acceptedCounts } from './exact-binomial.ts';
import { BIASED, gapKey, type LargeGap } from './gap-truth.ts';
import { withHistories } from './in-memory-warehouse.ts';
import { driftIntervals, type Given, intervalsOfSeed, LEAK_OF_PLANTED, overrideKey, plantedLeakage } from './one-seed.ts';
import { driftTruths, leakTruth, overrideTruth, specialties } from './planted-parameters.ts';
import { detectableAt, inReport, powerAt, settledLevel } from './planted-power.ts';
import { AS_OF, simulatedOrders } from './simulated-orders.ts';

const MEASURE_IDS = Object.keys(MEASURES) as Measure[];

export const LEVEL = 0.95;
/** Over all tests of one run together (Bonferroni): a run in which every interval keeps its level fails once in a hundred. */
export const ALPHA = 0.01;

export type Covered = {
  key: string;
  truth: number;
  covered: number;
  /** In how many seeds there was an interval. */
  asked: number;
  /** The counts that the exact test does not reject. */
  accepted: { low: number; high: number };
  good: boolean;
};

/** Of days, which are whole, an interval covers more often than it says: only too seldom is a fault. */
const isWhole = (key: string): boolean => key.includes(': median');

export function judge(truths: ReadonlyMap<string, number>, seeds: readonly (readonly Given[])[]): Covered[] {
  const counts = new Map<string, { covered: number; asked: number }>();
  for (const seed of seeds) {
    for (const { key, low, high } of seed) {
      const truth = truths.get(key);
      if (truth === undefined) continue;
      const count = counts.get(key) ?? { covered: 0, asked: 0 };
      count.asked += 1;
      if (low <= truth && (high === null || truth <= high)) count.covered += 1;
      counts.set(key, count);
    }
  }
  // A group that many seeds have no interval for is judged by those that happen to have one, which says nothing.
  const judged = [...counts].filter(([, { asked }]) => asked >= 0.95 * seeds.length);
  return judged
    .map(([key, { covered, asked }]): Covered => {
      const { low, high } = acceptedCounts(asked, LEVEL, ALPHA / judged.length);
      const accepted = { low, high: isWhole(key) ? asked : high };
      return {
        key,
        truth: truths.get(key) ?? Number.NaN,
        covered,
        asked,
        accepted,
        good: covered >= accepted.low && covered <= accepted.high,
      };
    })
    .sort((one, other) => one.covered / one.asked - other.covered / other.asked);
}

/** Those that follow from the parameters by arithmetic. */
export function parameterTruths(): Map<string, number> {
  const truths = new Map(specialties().map((specialty) => [`${LEAK_OF_PLANTED}: ${specialty}`, leakTruth(specialty)]));
  for (const specialty of specialties()) {
    for (const language of ['en', BIASED]) {
      const truth = overrideTruth(specialty, language);
      if (truth !== null) truths.set(overrideKey(specialty, language), truth);
    }
  }
  return truths;
}

export const seedName = (seed: number, run: number): string => `coverage ${seed}/${run}`;

const Z = 1.959963984540054;
const MOMENT = { asOf: AS_OF, snapshot: 'coverage' };

/** Of the group that the planted route is biased against, as a report shows it: each measure by its id. */
export type BiasedGaps = Partial<Record<Measure, Gap>>;
export type PlantedSeed = { given: Given[]; biased: BiasedGaps };

const biasedOf = ({ gaps }: Pick<GapsResult, 'gaps'>): BiasedGaps =>
  Object.fromEntries(gaps.filter(({ grouping, member }) => grouping === 'language' && member === BIASED).map((gap) => [gap.measure, gap]));

/** The interval of one gap alone, before it is widened for many: that is the one of which a level can be counted. */
const intervalOf = ({ measure, found }: Gap): Given[] =>
  found === null ? [] : [{ key: gapKey(measure), low: found.value - Z * found.standardError, high: found.value + Z * found.standardError }];

/** What one seed of the practice with everything planted says. */
export async function plantedSeed(name: string, referrals: number): Promise<PlantedSeed> {
  return withHistories(simulatedOrders(name, referrals, PLANTED_TRUTHS), async (query) => {
    const biased = biasedOf(judgeGaps((await countGaps(query, { scope: null }, MOMENT)).counts));
    const given = [...Object.values(biased).flatMap(intervalOf), ...(await intervalsOfSeed(query))];
    return { given: [...given, ...(await plantedLeakage(query))], biased };
  });
}

export type CleanSeed = { given: Given[]; gapsCalled: number; driftCalled: number };

/**
 * A seed in which nothing is planted. Payers do differ there (claims are not seen of all, no-shows differ), and whom a patient is sent to
 * decides how far they go: alarms are counted where there is nothing to find, which is languages and places.
 */
export async function cleanSeed(name: string, referrals: number): Promise<CleanSeed> {
  return withHistories(simulatedOrders(name, referrals, null), async (query) => {
    const { counts } = await countGaps(query, { scope: null }, MOMENT);
    const judged = judgeGaps(counts.filter(({ grouping }) => grouping === 'language' || grouping === 'zip3'));
    const drift = await readDrift(query, { scope: null }, MOMENT);
    const given = Object.values(biasedOf(judged))
      .flatMap(intervalOf)
      .map((each) => ({ ...each, key: `no ${each.key}` }));
    return { given: [...given, ...driftIntervals(drift)], gapsCalled: judged.called, driftCalled: drift.called };
  });
}

/** The two years of the simulated practice: its first and its last quarter are not whole, or not over. */
const WHOLE_QUARTERS = ['2025-Q1', '2025-Q2', '2025-Q3', '2025-Q4', '2026-Q1', '2026-Q2', '2026-Q3'];

/** Nothing is planted: there is no gap, and nothing drifts. */
export const cleanTruths = (): Map<string, number> =>
  new Map([...MEASURE_IDS.map((measure) => [`no ${gapKey(measure)}`, 0] as const), ...driftTruths(WHOLE_QUARTERS)]);

export type Alarms = { reports: number; withAlarm: number; accepted: number; good: boolean };

/** At most one report in twenty may call anything where nothing differs: the exact test looks for more alone. */
export function judgeAlarms(calls: readonly number[]): Alarms {
  const withAlarm = calls.filter((called) => called > 0).length;
  const { high } = acceptedCounts(calls.length, FALSE_DISCOVERY_RATE, ALPHA);
  return { reports: calls.length, withAlarm, accepted: high, good: withAlarm <= high };
}

export type Power = {
  measure: Measure;
  /** Of the group that the planted route is biased against. */
  truth: number;
  reports: number;
  found: number;
  /** The gap that a report finds with 80 %, and the probability with which it finds this one: both computed beforehand. */
  detectable: number;
  power: number;
  /** What reports said in the mean of what they could find: beside the one above, no part of the judgement. */
  saidDetectable: number;
  /** The counts that the exact test does not reject at that power. */
  accepted: { low: number; high: number };
  good: boolean;
};

/** Fewer than ten on either side are compared with nobody. */
const isCompared = ({ n, restN }: Pick<LargeGap, 'n' | 'restN'>): boolean => n >= FEWEST_TO_JUDGE && restN >= FEWEST_TO_JUDGE;

/**
 * Each gap of the group that the planted route is biased against has to be found as often as its power says, no less and no more often.
 * @param large what the large simulation knows of all gaps that a report compares
 * @param factor how many times smaller a report is
 */
export function judgePower(large: readonly LargeGap[], factor: number, seeds: readonly BiasedGaps[]): Power[] {
  const expected = large.map((gap) => ({ ...gap, ...inReport(gap, factor) })).filter(isCompared);
  const biased = expected.filter(({ grouping, member }) => grouping === 'language' && member === BIASED);
  return biased.map((gap): Power => {
    const { measure, value: truth } = gap;
    const shown = seeds.flatMap((seed) => seed[measure] ?? []);
    const saidDetectable = shown.reduce((sum, { found }) => sum + (found?.detectable ?? 1), 0) / shown.length;
    const found = shown.filter(({ verdict }) => verdict === (truth < 0 ? 'lower' : 'higher')).length;
    const alpha = settledLevel(
      expected.filter((each) => each !== gap),
      FALSE_DISCOVERY_RATE,
    );
    const power = powerAt(gap, alpha);
    const accepted = acceptedCounts(shown.length, power, ALPHA / biased.length);
    const good = found >= accepted.low && found <= accepted.high;
    return { measure, truth, reports: shown.length, found, detectable: detectableAt(gap, alpha), power, saidDetectable, accepted, good };
  });
}
