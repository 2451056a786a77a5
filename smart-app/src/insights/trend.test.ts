import type { MetricRow } from '@refloop/server/client/insights';
import { expect, test } from 'vitest';
import { bandPath, trendOf, trendPath } from './trend.ts';

const row = (month: string, n: number, value: number | null): MetricRow => ({
  segment: { month },
  category: null,
  n,
  value,
  low: value === null ? null : value - 0.1,
  high: value === null ? null : value + 0.1,
  level: 0.95,
  parts: {},
  note: null,
});

test('the last months that say anything, oldest first; too few is a gap', () => {
  const points = trendOf([row('2026-03', 40, 0.5), row('2026-01', 40, 0.4), row('2026-02', 9, 0.9), row('2026-04', 0, null)], 3);
  expect(points.map(({ month, value }) => [month, value])).toEqual([
    ['2026-01', 0.4],
    ['2026-02', null],
    ['2026-03', 0.5],
  ]);
  expect(trendOf([row('2026-01', 40, 0.4), row('2026-02', 40, 0.5)], 1).map(({ month }) => month)).toEqual(['2026-02']);
});

test('a gap breaks the stroke and the band', () => {
  const points = trendOf([row('2026-01', 40, 0.5), row('2026-02', 40, 0.5), row('2026-03', 3, 0.5), row('2026-04', 40, 0.25)], 4);
  const box = { width: 30, height: 100, top: 1 };
  expect(trendPath(points, box)).toBe('M0.0 50.0L10.0 50.0M30.0 75.0');
  expect(bandPath(points, box)).toBe('M0.0 40.0L10.0 40.0L10.0 60.0L0.0 60.0Z');
});
