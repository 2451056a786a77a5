/** How often specialists who are all alike are called better or worse, and how often one who is not is found: by drawing many practices. */
import { upperQuantile } from '../fairness/normal.ts';
import { assess, FALSE_DISCOVERY } from './assess.ts';
import { type Drawn, drawAttempts } from './test-random.ts';

export type FlagsCounted = {
  runs: number;
  /** Specialists compared, over all runs. */
  compared: number;
  /** Runs in which anybody of whom nothing is planted was called anything. */
  runsWithFalse: number;
  /** Runs in which the procedure for many comparisons alone, without the posterior beside it, lets through anybody of whom nothing is planted. */
  runsLetThrough: number;
  /** Runs in which a test alone, as if nobody else had been looked at, would do so at the same level. */
  runsUnadjusted: number;
  /** Those called, and those of them of whom nothing is planted. */
  flagged: number;
  wrong: number;
  /** Mean over the runs of the share of those called who should not have been; 0 where nobody was. */
  falseDiscovery: number;
  /** Of those planted, with enough attempts to be compared. */
  planted: number;
  found: number;
  /** Share beyond the 95 % and the 99.8 % limits. */
  beyond95: number;
  beyond998: number;
};

const BETTER = { share: 'higher', days: 'lower' } as const;

export function countFlags(drawn: Omit<Drawn, 'seed'>, seeds: readonly number[]): FlagsCounted {
  const counted: FlagsCounted = {
    runs: seeds.length,
    compared: 0,
    runsWithFalse: 0,
    runsLetThrough: 0,
    runsUnadjusted: 0,
    flagged: 0,
    wrong: 0,
    falseDiscovery: 0,
    planted: 0,
    found: 0,
    beyond95: 0,
    beyond998: 0,
  };
  const planted = new Set(Object.keys(drawn.planted ?? {}));
  for (const seed of seeds) {
    const { specialists, chance } = assess({ unit: drawn.unit, better: BETTER[drawn.unit] }, drawAttempts({ ...drawn, seed }));
    const called = specialists.filter(({ numbers }) => numbers !== null && numbers.verdict !== 'not-distinguishable');
    const wrong = called.filter(({ specialist }) => !planted.has(specialist)).length;
    counted.compared += chance.compared;
    counted.runsWithFalse += Number(wrong > 0);
    const others = specialists.flatMap(({ specialist, numbers }) => (planted.has(specialist) || numbers === null ? [] : [numbers]));
    counted.runsLetThrough += Number(others.some(({ adjustedP }) => adjustedP !== null && adjustedP <= FALSE_DISCOVERY));
    const limit = upperQuantile(FALSE_DISCOVERY / 2) * Math.sqrt(chance.overDispersion);
    counted.runsUnadjusted += Number(others.some(({ score, adjustedP }) => adjustedP !== null && Math.abs(score) >= limit));
    counted.flagged += called.length;
    counted.wrong += wrong;
    counted.falseDiscovery += called.length === 0 ? 0 : wrong / called.length / seeds.length;
    counted.planted += specialists.filter(({ specialist, numbers }) => planted.has(specialist) && numbers !== null).length;
    counted.found += called.length - wrong;
    counted.beyond95 += chance.beyond95.observed;
    counted.beyond998 += chance.beyond998.observed;
  }
  return { ...counted, beyond95: counted.beyond95 / counted.compared, beyond998: counted.beyond998 / counted.compared };
}
