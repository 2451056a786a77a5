/** Over many seeds: how often each interval covers the truth, and whether that is its level within what chance allows. */

import { POWER } from '@refloop/analytics/fairness/detectable-gap';
import { readDrift } from '@refloop/analytics/fairness/drift';
import { FALSE_DISCOVERY_RATE } from '@refloop/analytics/fairness/fairness-definition';
import { countGaps, type Gap, type GapsResult, judgeGaps, MEASURES, type Measure } from '@refloop/analytics/fairness/gaps';
import { PLANTED_TRUTHS } from '@refloop/server/practice/planted-truths';
import { acceptedCounts } from './exact-binomial.ts';
import { BIASED, gapKey } from './gap-truth.ts';
import { withHistories } from './in-memory-warehouse.ts';
import { type Given, intervalsOfSeed, LEAK_OF_PLANTED, overrideKey, plantedLeakage } from './one-seed.ts';
import { leakTruth, overrideTruth, specialties } from './planted-parameters.ts';
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
    const biased = biasedOf(judgeGaps((await countGaps(query, { scope: null }, { asOf: AS_OF, snapshot: 'coverage' })).counts));
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
    const { counts } = await countGaps(query, { scope: null }, { asOf: AS_OF, snapshot: 'coverage' });
    const judged = judgeGaps(counts.filter(({ grouping }) => grouping === 'language' || grouping === 'zip3'));
    const drift = await readDrift(query, { scope: null }, { asOf: AS_OF, snapshot: 'coverage' });
    const given = Object.values(biasedOf(judged))
      .flatMap(intervalOf)
      .map((each) => ({ ...each, key: `no ${each.key}` }));
    return { given, gapsCalled: judged.called, driftCalled: drift.called };
  });
}

/** Nothing is planted: no gap is. */
export const cleanTruths = (): Map<string, number> => new Map(MEASURE_IDS.map((measure) => [`no ${gapKey(measure)}`, 0]));

export type Alarms = { reports: number; withAlarm: number; accepted: number; good: boolean };

/** At most one report in twenty may call anything where nothing differs: the exact test looks for more alone. */
export function judgeAlarms(calls: readonly number[]): Alarms {
  const withAlarm = calls.filter((called) => called > 0).length;
  const { high } = acceptedCounts(calls.length, FALSE_DISCOVERY_RATE, ALPHA);
  return { reports: calls.length, withAlarm, accepted: high, good: withAlarm <= high };
}

export type Power = {
  measure: Measure;
  truth: number;
  reports: number;
  found: number;
  detectable: number;
  accepted: number;
  good: boolean;
};

/** Where the true gap is at least as large as a report says it can find, it has to be found in four of five, as the exact test accepts. */
export function judgePower(truths: ReadonlyMap<string, number>, seeds: readonly BiasedGaps[]): Power[] {
  return MEASURE_IDS.map((measure): Power => {
    const truth = truths.get(gapKey(measure)) ?? Number.NaN;
    const shown = seeds.flatMap((seed) => seed[measure] ?? []);
    const detectable = shown.reduce((sum, { found }) => sum + (found?.detectable ?? 1), 0) / shown.length;
    const found = shown.filter(({ verdict }) => verdict === (truth < 0 ? 'lower' : 'higher')).length;
    const accepted = Math.abs(truth) >= detectable ? acceptedCounts(shown.length, POWER, ALPHA).low : 0;
    return { measure, truth, reports: shown.length, found, detectable, accepted, good: found >= accepted };
  });
}
