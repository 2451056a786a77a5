import { expect, test } from 'vitest';
import type { MetricResult, MetricRow } from './metric-result.ts';
import { SUPPRESSED, withoutSmallCells } from './small-cells.ts';

const row = (n: number, value: number | null, parts: MetricRow['parts'] = {}): MetricRow => ({
  segment: {},
  category: null,
  n,
  value,
  low: value,
  high: value,
  level: 0.95,
  parts,
  note: null,
});
const told = (unit: 'share' | 'days', ...rows: MetricRow[]) =>
  withoutSmallCells({ metric: { unit } as MetricResult['metric'], rows }).map(({ n, value, note }) => [n, value, note]);

test.each([
  ['ten are not told', row(10, 0.5), null, null],
  ['eleven are', row(11, 0), 11, 0],
  ['nobody is', row(0, null), 0, null],
  ['ten counted of many tell the ten', row(100, 0.1), 100, null],
  ['eleven counted do not', row(100, 0.11), 100, 0.11],
  ['ten that were not counted neither', row(100, 0.9), 100, null],
])('%s', (_words, given, n, value) => {
  expect(told('share', row(50, 0), given).at(1)?.slice(0, 2)).toEqual([n, value]);
});

test('a median of enough is told; a small part is not, nor the next smallest with it, nor figures that may be quotients of them', () => {
  const [safe] = withoutSmallCells({
    metric: { unit: 'days' } as MetricResult['metric'],
    rows: [row(60, 12, { died: 3, attended: 30, booked: 40, none: 0, kept_rate: 0.5 })],
  });
  expect([safe?.value, safe?.parts]).toEqual([12, { died: null, attended: null, booked: 40, none: 0, kept_rate: null }]);
});

test('one row alone that is left out could be had from the total: the smallest beside it goes too', () => {
  expect(told('days', row(5, 3), row(40, 9), row(30, 8), row(0, null))).toEqual([
    [null, null, SUPPRESSED],
    [40, 9, null],
    [null, null, SUPPRESSED],
    [0, null, null],
  ]);
  expect(told('days', row(5, 3), row(6, 3), row(40, 9)).at(2)).toEqual([40, 9, null]);
});
