import { expect, test } from 'vitest';
import { differenceOf } from './difference.ts';

/** Wilson 1927, J Am Stat Assoc 22:209, without continuity correction. */
function wilson(k: number, n: number) {
  const [z, p] = [1.959963984540054, k / n];
  const [middle, half] = [p + z ** 2 / (2 * n), z * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2))];
  return { value: p, low: (middle - half) / (1 + z ** 2 / n), high: (middle + half) / (1 + z ** 2 / n) };
}

// Newcombe 1998, Stat Med 17:873, table II, method 10.
test.each([
  [56, 70, 48, 80, 0.2, 0.0524, 0.3339],
  [9, 10, 3, 10, 0.6, 0.1705, 0.809],
])('%d of %d less %d of %d', (k, n, l, m, value, low, high) => {
  const difference = differenceOf(wilson(k, n), wilson(l, m));
  expect([difference?.value, difference?.low, difference?.high].map((each) => Number(each?.toFixed(4)))).toEqual([value, low, high]);
});

test('without a value, or with an interval open above, no difference is told', () => {
  const known = wilson(5, 10);
  expect(differenceOf({ value: null, low: null, high: null }, known)).toBeUndefined();
  expect(differenceOf(known, { value: 40, low: 30, high: null })).toBeUndefined();
});
