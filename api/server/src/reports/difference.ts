/** How much two values differ, with an interval from theirs. */
import type { MetricRow } from '@refloop/analytics/metric-result';

type Measured = Pick<MetricRow, 'value' | 'low' | 'high'>;
export type Difference = { value: number; low: number; high: number };

/**
 * `later` less `earlier`, of two independent groups, each with an interval of its own: their distances are squared and added. With Wilson's
 * intervals of two shares it is method 10 of Newcombe 1998, Stat Med 17:873; that it holds for any intervals of good coverage is Zou, Donner
 * 2008, Stat Med 27:1693. Undefined where a value is missing or an interval is open.
 */
export function differenceOf(later: Measured, earlier: Measured): Difference | undefined {
  if (later.value === null || later.low === null || later.high === null) return undefined;
  if (earlier.value === null || earlier.low === null || earlier.high === null) return undefined;
  const value = later.value - earlier.value;
  return {
    value,
    low: value - Math.hypot(later.value - later.low, earlier.high - earlier.value),
    high: value + Math.hypot(later.high - later.value, earlier.value - earlier.low),
  };
}
