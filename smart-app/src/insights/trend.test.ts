import type { MetricRow } from '@refloop/server/client/insights';
import { expect, test } from 'vitest';
import { bandPath, lastWhole, trendOf, trendPath } from './trend.ts';

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
  expect(points.map(({ period, value }) => [period, value])).toEqual([
    ['2026-01', 0.4],
    ['2026-02', null],
    ['2026-03', 0.5],
  ]);
  expect(trendOf([row('2026-01', 40, 0.4), row('2026-02', 40, 0.5)], 1).map(({ period }) => period)).toEqual(['2026-02']);
});

test('a gap breaks the stroke and the band', () => {
  const points = trendOf([row('2026-01', 40, 0.5), row('2026-02', 40, 0.5), row('2026-03', 3, 0.5), row('2026-04', 40, 0.25)], 4);
  const box = { width: 30, height: 100, top: 1 };
  expect(trendPath(points, box)).toBe('M0.0 50.0L10.0 50.0M30.0 75.0');
  expect(bandPath(points, box)).toBe('M0.0 40.0L10.0 40.0L10.0 60.0L0.0 60.0Z');
});

test('a month with appointments ahead is drawn apart, and the last complete one is what a headline stands for', () => {
  const open = { ...row('2026-04', 40, 0.25), parts: { ahead: 3 } };
  const points = trendOf([row('2026-02', 40, 0.5), row('2026-03', 40, 0.5), open], 3);
  const box = { width: 20, height: 100, top: 1 };
  expect([trendPath(points, box), trendPath(points, box, 'open')]).toEqual(['M0.0 50.0L10.0 50.0', 'M10.0 50.0L20.0 75.0']);
  expect(lastWhole(points)?.period).toBe('2026-03');
  expect(lastWhole(trendOf([open], 1))).toBeUndefined();
});

test('what is only assumed has a band and no line; weeks are told apart as months are', () => {
  const range = { ...row('2026-03', 40, null), segment: { week: '2026-W10' }, low: 100, high: 400 };
  const [point] = trendOf([range, { ...range, segment: { week: 'unknown' } }], 4, 'week');
  expect(point).toMatchObject({ period: '2026-W10', value: null, low: 100, high: 400 });
  expect(trendPath(point ? [point] : [], { width: 20, height: 100, top: 500 })).toBe('');
});
