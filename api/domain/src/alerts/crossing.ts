/**
 * When a number is told to somebody: only when its whole interval lies beyond the threshold. A point that wanders over it by chance tells
 * nobody, and one that comes back by chance ends nothing: an alert ends when its interval holds the threshold again or lies on the good side.
 */
import { FEWEST_TO_JUDGE } from '../fewest-to-judge.ts';

export type AlertDirection = 'above' | 'below';
export type AlertRuleTerms = { direction: AlertDirection; threshold: number };

/** A value with its interval; `high` is null with a `low` where the interval is open above. */
export type Measured = { n: number | null; value: number | null; low: number | null; high: number | null };

export function crosses({ direction, threshold }: AlertRuleTerms, { n, value, low, high }: Measured): boolean {
  if (n === null || n < FEWEST_TO_JUDGE || value === null) return false;
  return direction === 'above' ? low !== null && low > threshold : high !== null && high < threshold;
}

export type AlertStep = 'raise' | 'keep' | 'clear' | 'nothing';

/** @param isOpen whether the rule has an alert that is not cleared; @param measured undefined where nobody is left to count */
export function alertStep(rule: AlertRuleTerms, measured: Measured | undefined, isOpen: boolean): AlertStep {
  if (measured !== undefined && crosses(rule, measured)) return isOpen ? 'keep' : 'raise';
  return isOpen ? 'clear' : 'nothing';
}
