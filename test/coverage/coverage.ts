/** Over many seeds: how often each interval covers the truth, and whether that is its level within what chance allows. */
import { PLANTED_TRUTHS } from '@refloop/server/practice/planted-truths';
import { acceptedCounts } from './exact-binomial.ts';
import { withHistories } from './in-memory-warehouse.ts';
import { type Given, intervalsOfSeed, LEAK_OF_PLANTED, plantedLeakage } from './one-seed.ts';
import { leakTruth, specialties } from './planted-parameters.ts';
import { simulatedOrders } from './simulated-orders.ts';

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
  return new Map(specialties().map((specialty) => [`${LEAK_OF_PLANTED}: ${specialty}`, leakTruth(specialty)]));
}

export const seedName = (seed: number, run: number): string => `coverage ${seed}/${run}`;

/** What one seed of the practice with everything planted says. */
export async function plantedSeed(name: string, referrals: number): Promise<Given[]> {
  return withHistories(simulatedOrders(name, referrals, PLANTED_TRUTHS), async (query) => [
    ...(await intervalsOfSeed(query)),
    ...(await plantedLeakage(query)),
  ]);
}
