/** The Wilson score interval of a share, 95 %, as statistics/wilson.sql has it. */
import { upperQuantile } from '../fairness/normal.ts';
import type { Interval } from './difference.ts';

const Z = upperQuantile(0.025);

/** Wilson 1927, J Am Stat Assoc 22:209. `of` is at least 1. */
export function wilson(count: number, of: number): Interval {
  const centre = (count + Z ** 2 / 2) / (of + Z ** 2);
  const half = (Z * Math.sqrt((count * (of - count)) / of + Z ** 2 / 4)) / (of + Z ** 2);
  return { value: count / of, low: count === 0 ? 0 : Math.max(0, centre - half), high: count === of ? 1 : Math.min(1, centre + half) };
}
