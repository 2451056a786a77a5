/** A value over months or weeks, as what can be drawn small: those with too few to say anything are gaps. */

import { FEWEST_TO_JUDGE } from '@refloop/domain/fewest-to-judge';
import type { MetricRow, SegmentName } from '@refloop/server/client/insights';
import { sizeOf } from './figures.ts';

/** By which a trend can go. */
export type Period = Extract<SegmentName, 'month' | 'week'>;

export type TrendPoint = {
  /** `2026-03`, of weeks `2026-W10`. */
  period: string;
  /** Null where there are too few, and where only a range is assumed. */
  value: number | null;
  low: number | null;
  high: number | null;
  n: number;
  /** Whether a part of it is still too young to count, or has appointments ahead: what is counted of it may not stand for all of it. */
  open: boolean;
};

const isOpen = ({ parts }: Pick<MetricRow, 'parts'>): boolean => (parts['left_out_young'] ?? 0) > 0 || (parts['ahead'] ?? 0) > 0;
const isSaid = ({ value, low }: Pick<TrendPoint, 'value' | 'low'>): boolean => value !== null || low !== null;

/** Rows of a metric told apart by month or week, oldest first; the last `most` up to the newest that says anything. */
export function trendOf(rows: readonly MetricRow[], most: number, by: Period = 'month'): TrendPoint[] {
  const points = rows
    .flatMap((row): TrendPoint[] => {
      const period = row.segment[by];
      if (period === undefined || period === 'unknown') return [];
      const { value, low, high } = sizeOf(row) < FEWEST_TO_JUDGE ? { value: null, low: null, high: null } : row;
      return [{ period, value, low, high, n: sizeOf(row), open: isOpen(row) }];
    })
    .toSorted((one, other) => one.period.localeCompare(other.period));
  const last = points.findLastIndex(isSaid);
  return last < 0 ? [] : points.slice(Math.max(0, last + 1 - most), last + 1);
}

/** The newest of which all can be counted: what a headline of now stands for. */
export const lastWhole = (points: readonly TrendPoint[]): TrendPoint | undefined =>
  points.findLast((point) => !point.open && isSaid(point));

type Box = { width: number; height: number; top: number };

const placer = (points: readonly TrendPoint[], { width, height, top }: Box): ((index: number, value: number) => string) => {
  const step = points.length > 1 ? width / (points.length - 1) : 0;
  return (index, value) => `${(index * step).toFixed(1)} ${(height * (1 - Math.min(1, value / top))).toFixed(1)}`;
};

/**
 * The points as a path in a box of this size, the scale from 0 to `top`; each stretch without a gap is a stroke of its own.
 * @param which the strokes between whole periods, or those that lead to an open one
 */
export function trendPath(points: readonly TrendPoint[], box: Box, which: 'whole' | 'open' = 'whole'): string {
  const place = placer(points, box);
  let path = '';
  let isDrawing = false;
  points.forEach(({ value, open }, index) => {
    const before = points[index - 1];
    const wanted = value !== null && (which === 'whole' ? !open : open);
    if (wanted) {
      const from = which === 'open' && before && before.value !== null && !isDrawing ? `M${place(index - 1, before.value)}` : '';
      path += `${from}${isDrawing || from !== '' ? 'L' : 'M'}${place(index, value)}`;
    }
    isDrawing = wanted;
  });
  return path;
}

/** The intervals as one closed shape for each stretch without a gap; an interval open above ends at the top. */
export function bandPath(points: readonly TrendPoint[], box: Box): string {
  const place = placer(points, box);
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
  points.forEach(({ low, high }, index) => {
    if (low === null) close();
    else stretch.push({ index, low, high: high ?? box.top });
  });
  close();
  return shapes.join('');
}
