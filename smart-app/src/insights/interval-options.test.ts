import type { MetricAnswer, MetricRow } from '@refloop/server/client/insights';
import { expect, test } from 'vitest';
import { endOf, letterPlaces, linesOf } from './interval-options.ts';

const metric = {
  unit: 'share',
  target: { value: 0.8, direction: 'at-least', why: 'Ours' },
  benchmarks: [{ label: 'Older adults', value: 0.5, population: '', source: '', caveat: '' }],
} as unknown as MetricAnswer['metric'];
const row = (value: number, high: number | null) => ({ value, high }) as MetricRow;

test('the target and each published figure have a letter in the drawing and words under it', () => {
  expect(linesOf(metric)).toEqual([
    { letter: 'a', value: 0.8, words: 'target, 80.0 %' },
    { letter: 'b', value: 0.5, words: 'Older adults, 50.0 %' },
  ]);
  expect(linesOf({ ...metric, target: null, benchmarks: [] })).toEqual([]);
});

test('shares end at the next tenth above all that is drawn, the lines among it, and never above all', () => {
  expect(endOf('share', [row(0.09, 0.12), row(0.05, null)], [])).toBe(0.2);
  expect(endOf('share', [row(0.09, 0.12)], linesOf(metric))).toBe(0.8);
  expect(endOf('share', [row(0.97, 1)], [])).toBe(1);
  expect(endOf('share', [], [])).toBe(0.1);
  expect(endOf('days', [row(40, 60)], [])).toBeUndefined();
});

test('letters of lines close beside each other stand at two heights', () => {
  const line = (value: number) => ({ letter: 'a', value, words: '' });
  expect(letterPlaces([line(0.8), line(0.5), line(0.81)], 0.9).map(({ value, distance }) => [value, distance])).toEqual([
    [0.5, 3],
    [0.8, 3],
    [0.81, 15],
  ]);
});
