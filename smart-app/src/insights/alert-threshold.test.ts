import { expect, test } from 'vitest';
import { thresholdOf } from './alert-threshold.ts';

test.each([
  ['10', 'share', 0.1],
  ['12,5', 'share', 0.125],
  ['101', 'share', undefined],
  [' 30 ', 'days', 30],
  ['-1', 'days', undefined],
  ['ten', 'count', undefined],
  ['', 'count', undefined],
] as const)('"%s" in %s is %s', (typed, unit, threshold) => {
  expect(thresholdOf(typed, unit)).toBe(threshold);
});
