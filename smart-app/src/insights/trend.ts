/** A value over the months, as what can be drawn small: months with too few to say anything are gaps. */
import { FEWEST_TO_JUDGE } from '@refloop/domain/fewest-to-judge';
import type { MetricRow } from '@refloop/server/client/insights';

export type TrendPoint = { month: string; value: number | null; low: number | null; high: number | null; n: number };

/** Rows of a metric told apart by month, oldest first; the last `most` months that have any value. */
export function trendOf(rows: readonly MetricRow[], most: number): TrendPoint[] {
  const points = rows
    .flatMap(({ segment, value, low, high, n }): TrendPoint[] =>
      segment.month === undefined || segment.month === 'unknown'
        ? []
        : [
            n < FEWEST_TO_JUDGE
              ? { month: segment.month, value: null, low: null, high: null, n }
              : { month: segment.month, value, low, high, n },
          ],
    )
    .toSorted((one, other) => one.month.localeCompare(other.month));
  const last = points.findLastIndex(({ value }) => value !== null);
  return last < 0 ? [] : points.slice(Math.max(0, last + 1 - most), last + 1);
}

/** The points as a path in a box of this size, the scale from 0 to `top`; each stretch without a gap is a stroke of its own. */
export function trendPath(points: readonly TrendPoint[], { width, height, top }: { width: number; height: number; top: number }): string {
  const step = points.length > 1 ? width / (points.length - 1) : 0;
  return points
    .map(({ value }, index) => {
      if (value === null) return '';
      const gap = index === 0 || points[index - 1]?.value === null;
      return `${gap ? 'M' : 'L'}${(index * step).toFixed(1)} ${(height * (1 - Math.min(1, value / top))).toFixed(1)}`;
    })
    .join('');
}

/** The intervals as one closed shape for each stretch without a gap; an interval open above ends at the top. */
export function bandPath(points: readonly TrendPoint[], { width, height, top }: { width: number; height: number; top: number }): string {
  const step = points.length > 1 ? width / (points.length - 1) : 0;
  const place = (index: number, value: number): string =>
    `${(index * step).toFixed(1)} ${(height * (1 - Math.min(1, value / top))).toFixed(1)}`;
  const shapes: string[] = [];
  let stretch: { index: number; low: number; high: number }[] = [];
  const close = (): void => {
    if (stretch.length > 1) {
      const over = stretch.map(({ index, high }) => place(index, high));
      const under = stretch.toReversed().map(({ index, low }) => place(index, low));
      shapes.push(`M${[...over, ...under].join('L')}Z`);
    }
    stretch = [];
  };
  points.forEach(({ value, low, high }, index) => {
    if (value === null || low === null) close();
    else stretch.push({ index, low, high: high ?? top });
  });
  close();
  return shapes.join('');
}
