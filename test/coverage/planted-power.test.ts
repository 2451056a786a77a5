/** The power that is computed beforehand, against counting how often normal draws are called by the procedure itself. */
import { callDifferent } from '@refloop/analytics/fairness/false-discovery';
import { twoSidedP } from '@refloop/analytics/fairness/normal';
import { drawsFrom } from '@refloop/analytics/performance/test-random';
import { expect, test } from 'vitest';
import { acceptedCounts } from './exact-binomial.ts';
import { detectableAt, inReport, powerAt, settledLevel } from './planted-power.ts';

const gap = (value: number) => ({ value, standardError: 1, nullError: 1, n: 100, restN: 100 });
const RATE = 0.05;
const REPORTS = 1500;

test.each([
  { strong: 1, others: 3, nothing: 60, size: 3.2 },
  { strong: 12, others: 6, nothing: 100, size: 2.9 },
  { strong: 30, others: 0, nothing: 90, size: 2.4 },
])('of $strong that are found always, $others that are not and $nothing without a gap', ({ strong, others, nothing, size }) => {
  const beside = [...Array<number>(strong).fill(9), ...Array<number>(others).fill(1.5), ...Array<number>(nothing).fill(0)].map(gap);
  const gaps = [gap(size), ...beside];
  const power = powerAt(gap(size), settledLevel(beside, RATE));
  const draw = drawsFrom(strong);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
  let found = 0;
  for (let report = 0; report < REPORTS; report += 1) {
    const scores = gaps.map(({ value }) => value + normal());
    const { called } = callDifferent(scores.map(twoSidedP), RATE);
    if (called[0] === true && (scores[0] ?? 0) > 0) found += 1;
  }
  // How many are called moves a little from report to report, and with it the level: up to two points of power.
  const least = acceptedCounts(REPORTS, power - 0.02, 0.01).low;
  const most = acceptedCounts(REPORTS, power + 0.02, 0.01).high;
  expect(found).toBeGreaterThanOrEqual(least);
  expect(found).toBeLessThanOrEqual(most);
});

test('where nothing else differs the level is nearly that of Bonferroni, and a report that is four times smaller knows half as well', () => {
  const others = Array.from({ length: 19 }, () => gap(0));
  // Itself, and of nineteen others those that are called by mistake.
  expect((settledLevel(others, RATE) * 20) / RATE).toBeCloseTo(1 + 19 * (RATE / 20), 1);
  expect(inReport(gap(3), 4)).toEqual({ value: 3, standardError: 2, nullError: 2, n: 25, restN: 25 });
});

test('the gap that can be found is the one whose power is 80 %', () => {
  const detectable = detectableAt(gap(0), 0.01);
  expect(powerAt(gap(detectable), 0.01)).toBeCloseTo(0.8, 9);
});
