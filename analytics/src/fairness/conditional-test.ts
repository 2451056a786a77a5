/**
 * Whether a group differs from the rest at all: the conditional test of many 2 × 2 tables, their margins as they are (what R's
 * mantelhaen.test calls exact), with the mid-p value (Lancaster 1961, J Am Stat Assoc 56:223). Few cases make the normal distribution
 * promise far too much in the tails, which is where a test among a hundred lives.
 */
import { twoSidedP } from './normal.ts';
import { expectedTrue, hypergeometricVariance, type Stratum } from './risk-difference.ts';

/** From here on the normal distribution is as good, and much faster. */
const LARGE_VARIANCE = 400;
/** What is less likely than this changes no digit that anybody sees. */
const NEGLIGIBLE = 1e-18;

type Distribution = { from: number; mass: number[] };

/** Of how many of the group it is true in one stratum, with its margins as they are; cut where it is negligible. */
function hypergeometric({ groupTrue, group, restTrue, rest }: Stratum): Distribution {
  const trueOnes = groupTrue + restTrue;
  const [lowest, highest] = [Math.max(0, trueOnes - rest), Math.min(group, trueOnes)];
  const mode = Math.min(highest, Math.max(lowest, Math.floor(((group + 1) * (trueOnes + 1)) / (group + rest + 2))));
  // P(k + 1) : P(k), outwards from the likeliest.
  const up = (k: number): number => ((group - k) * (trueOnes - k)) / ((k + 1) * (rest - trueOnes + k + 1));
  const above: number[] = [1];
  for (let k = mode, mass = 1; k < highest; k += 1) {
    mass *= up(k);
    if (mass < NEGLIGIBLE) break;
    above.push(mass);
  }
  const below: number[] = [];
  for (let k = mode - 1, mass = 1; k >= lowest; k -= 1) {
    mass /= up(k);
    if (mass < NEGLIGIBLE) break;
    below.push(mass);
  }
  const mass = [...below.reverse(), ...above];
  const total = mass.reduce((sum, each) => sum + each, 0);
  return { from: mode - below.length, mass: mass.map((each) => each / total) };
}

function together(one: Distribution, other: Distribution): Distribution {
  const mass = Array.from({ length: one.mass.length + other.mass.length - 1 }, () => 0);
  for (const [i, left] of one.mass.entries())
    for (const [j, right] of other.mass.entries()) mass[i + j] = (mass[i + j] ?? 0) + left * right;
  const first = mass.findIndex((each) => each >= NEGLIGIBLE);
  const last = mass.findLastIndex((each) => each >= NEGLIGIBLE);
  return { from: one.from + other.from + first, mass: mass.slice(first, last + 1) };
}

/** P(X < k) + P(X = k) / 2 and the same from above. */
export function midTails(strata: readonly Stratum[]): { below: number; above: number } {
  const observed = strata.reduce((sum, { groupTrue }) => sum + groupTrue, 0);
  const { from, mass } = strata.map(hypergeometric).reduce(together, { from: 0, mass: [1] });
  let [below, above] = [0, 0];
  for (const [at, each] of mass.entries()) {
    const k = from + at;
    below += k < observed ? each : k === observed ? each / 2 : 0;
    above += k > observed ? each : k === observed ? each / 2 : 0;
  }
  return { below: Math.min(1, below), above: Math.min(1, above) };
}

/** Two-sided: twice the smaller tail. 1 where nothing can be compared. */
export function conditionalP(strata: readonly Stratum[]): number {
  const compared = strata.filter(({ group, rest }) => group > 0 && rest > 0);
  const variance = hypergeometricVariance(compared);
  if (variance === 0) return 1;
  if (variance >= LARGE_VARIANCE) {
    const observed = compared.reduce((sum, { groupTrue }) => sum + groupTrue, 0);
    return twoSidedP((observed - expectedTrue(compared)) / Math.sqrt(variance));
  }
  const { below, above } = midTails(compared);
  return Math.min(1, 2 * Math.min(below, above));
}
