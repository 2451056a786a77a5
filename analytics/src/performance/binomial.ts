/** Exact tails of the binomial distribution, and what follows from them: a score, a limit of a funnel, an interval. */
import binomialCdf from '@stdlib/stats-base-dists-binomial-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';

/** P(X ≤ x) and P(X ≥ x), both exact; the upper one as a lower one of failures, so that it keeps its digits where it is small. */
const atMost = (x: number, n: number, p: number): number => (x < 0 ? 0 : binomialCdf(x, n, p));
const atLeast = (x: number, n: number, p: number): number => atMost(n - x, n, 1 - p);

/** Beyond this no verdict changes; it keeps a score finite where a tail has underflowed. */
const FARTHEST = 12;

/**
 * How many standard deviations `x` of `n` lies from the share `p`: the normal score of the exact tail with half of the probability of `x`
 * itself (the mid-p value, Lancaster 1961, J Am Stat Assoc 56:223), which takes away most of what the steps of the distribution do.
 * @param p in 0 … 1, both excluded
 */
export function binomialScore(x: number, n: number, p: number): number {
  const lower = (atMost(x, n, p) + atMost(x - 1, n, p)) / 2;
  const upper = (atLeast(x, n, p) + atLeast(x + 1, n, p)) / 2;
  const score = lower < upper ? normalQuantile(lower, 0, 1) : -normalQuantile(upper, 0, 1);
  return Math.max(-FARTHEST, Math.min(FARTHEST, score));
}

/** The smallest count whose cumulative probability is at least `probability`. */
function quantile(probability: number, n: number, p: number): number {
  let [low, high] = [0, n];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (atMost(middle, n, p) >= probability) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The share below which a count of `n` falls with this probability where `p` is true, between two counts as in the appendix of
 * Spiegelhalter 2005 (Stat Med 24:1185): r - a of n, where r is the smallest count that reaches the probability and a the part of its
 * own probability by which it oversteps it.
 * @returns within 0 … 1
 */
export function funnelLimit(probability: number, n: number, p: number): number {
  const r = quantile(probability, n, p);
  const reached = atMost(r, n, p);
  const own = reached - atMost(r - 1, n, p);
  const overstep = own > 0 ? (reached - probability) / own : 0;
  return Math.max(0, Math.min(1, (r - overstep) / n));
}
