/** Which months stand behind a drift: those of the two quarters compared. */
import type { DriftAnswer } from '@refloop/server/client/fairness';
import type { Filter } from './filter.ts';

/** @param quarter `2026-Q3`; @param nth 1 … 3 @returns `2026-07` for its first month */
const monthOf = (quarter: string, nth: number): string =>
  `${quarter.slice(0, 4)}-${`${3 * (Number(quarter.slice(-1)) - 1) + nth}`.padStart(2, '0')}`;

/** The filter, narrowed to both quarters: where it leaves out months of them, the drift did so too. */
export function withinQuarters(filter: Filter, { before, last }: DriftAnswer['quarters']): Filter {
  const [first, end] = [monthOf(before, 1), monthOf(last, 3)];
  const { from = first, to = end } = filter;
  return { ...filter, from: from > first ? from : first, to: to < end ? to : end };
}
