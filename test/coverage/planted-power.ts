/**
 * How likely a report is to call a planted gap, computed before any seed is judged: from the size of the true gap, how well a report of so
 * many referrals knows it, and how many comparisons the report makes. All of it comes from the large simulation, whose seeds are its own.
 */
import { POWER } from '@refloop/analytics/fairness/detectable-gap';
import { below, upperQuantile } from '@refloop/analytics/fairness/normal';
import type { RiskDifference } from '@refloop/analytics/fairness/risk-difference';

type Known = RiskDifference & { n: number; restN: number };

/** In a report that is `factor` times smaller. */
export const inReport = ({ n, restN, value, standardError, nullError }: Known, factor: number): Known => ({
  n: n / factor,
  restN: restN / factor,
  value,
  standardError: standardError * Math.sqrt(factor),
  nullError: nullError * Math.sqrt(factor),
});

/** That the two-sided test at `alpha` calls it in its true direction, with an interval of the same level that leaves out 0. */
export function powerAt({ value, standardError, nullError }: Known, alpha: number): number {
  const z = upperQuantile(alpha / 2);
  return below((Math.abs(value) - z * Math.max(standardError, nullError)) / standardError);
}

/** That its p-value is at most `alpha`, in either direction. */
function belowAt({ value, standardError, nullError }: Known, alpha: number): number {
  const z = upperQuantile(alpha / 2);
  const size = Math.abs(value);
  return below((size - z * nullError) / standardError) + below((-size - z * nullError) / standardError);
}

/**
 * The level at which the procedure of Benjamini and Hochberg calls one of the comparisons of a report: it is called where its p-value is at most R × rate / m,
 * with R as many as are called when it is one of them. Taken for R is the number that is expected at that very level: itself, and of the others
 * each with its own probability. In truth R moves a little from report to report.
 */
export function settledLevel(others: readonly Known[], rate: number): number {
  const m = others.length + 1;
  const expectedAt = (many: number): number => others.reduce((sum, gap) => sum + belowAt(gap, (many * rate) / m), 1);
  // Expected falls behind `many` once and for all: the probability of being called grows ever less with the level.
  let [low, high] = [1, m];
  if (expectedAt(high) >= high) return rate;
  for (let halvings = 0; halvings < 30; halvings += 1) {
    const many = (low + high) / 2;
    if (expectedAt(many) >= many) low = many;
    else high = many;
  }
  return (low * rate) / m;
}

/** The gap that would be called with a probability of 80 % at this level. */
export const detectableAt = ({ nullError }: Known, alpha: number): number =>
  (upperQuantile(alpha / 2) + upperQuantile(1 - POWER)) * nullError;
