import { expect, test } from 'vitest';
import { standingOf, targetText } from './target.ts';

const atLeast = { value: 0.8, direction: 'at-least', why: '' } as const;
const atMost = { value: 30, direction: 'at-most', why: '' } as const;

test.each([
  [atLeast, 0.8, 0.9, 'reached'],
  [atLeast, 0.7, 0.79, 'missed'],
  [atLeast, 0.7, 0.8, 'not told'],
  [atLeast, 0.7, 0.9, 'not told'],
  [atMost, 20, 30, 'reached'],
  [atMost, 31, 40, 'missed'],
  [atMost, 31, null, 'missed'],
  [atMost, 25, null, 'not told'],
  [atMost, null, null, 'not told'],
] as const)('%o with an interval from %s to %s: %s', (target, low, high, standing) => {
  expect(standingOf({ low, high }, target)).toBe(standing);
});

test('a target reads as a bound', () => {
  expect([targetText(atLeast, 'share'), targetText(atMost, 'days')]).toEqual(['≥ 80.0 %', '≤ 30 days']);
});
