/** A small sample of `npm run campaign -- performance`, which draws many more. */
import { expect, test } from 'vitest';
import { countFlags } from './test-false-flags.ts';

const practice = { specialties: 4, attempts: 320, specialists: 8 };
const seeds = Array.from({ length: 12 }, (_, at) => at + 1);

test('specialists who are all alike are called anything in at most one practice of ten', () => {
  const { runs, runsWithFalse, runsLetThrough, runsUnadjusted, compared, beyond95 } = countFlags({ ...practice, unit: 'share' }, seeds);
  expect([runs, compared > 300]).toEqual([12, true]);
  // Five of twelve or more would come in one of 230 where the rate is one in ten.
  expect(runsWithFalse).toBeLessThan(5);
  // The posterior is a second guard, and hides whether the first one is there: the procedure for many comparisons has to hold by itself.
  expect(runsLetThrough).toBeLessThan(5);
  // Without it, with 32 specialists at one in ten each, somebody would be let through in 29 practices of 30.
  expect(runsUnadjusted).toBeGreaterThanOrEqual(10);
  expect(beyond95).toBeLessThan(0.08);
});

test('one who is much worse is found nearly always', () => {
  const { planted, found } = countFlags({ ...practice, unit: 'share', planted: { 's0-1': -1.8 } }, seeds.slice(0, 6));
  expect(planted).toBe(6);
  expect(found).toBeGreaterThanOrEqual(5);
});
