/** A sample of `npm run campaign -- coverage`, which takes 200 seeds, and the judge itself. */
import { describe, expect, test } from 'vitest';
import { ALPHA, judge, LEVEL, parameterTruths, plantedSeed, seedName } from './coverage.ts';
import { acceptedCounts, acceptedOfEach, highestMean, tailsOf } from './exact-binomial.ts';
import type { Given } from './one-seed.ts';
import { LEAK_OF_PLANTED } from './one-seed.ts';
import { fingerprint, readTruths } from './truths.ts';

test('the truths are those of the generator as it is; else count them anew with `npm run campaign -- coverage --truths`', () => {
  expect(readTruths().fingerprint).toBe(fingerprint());
});

describe('a few seeds', () => {
  test('cover what was planted, and what a large simulation comes to, about as often as they say', async () => {
    const truths = new Map([...parameterTruths(), ...Object.entries(readTruths().truths).map(([key, { value }]) => [key, value] as const)]);
    const seeds: Given[][] = [];
    for (const run of [1, 2, 3]) seeds.push((await plantedSeed(seedName(0, run), 800)).given);
    const judged = judge(truths, seeds);
    // A run that asked next to nothing would be good as well.
    expect(judged.length).toBeGreaterThan(100);
    expect(judged.filter(({ good }) => !good)).toEqual([]);
    // Specialties are independent of each other, so that together they are one sample.
    const leaks = judged.filter(({ key }) => key.startsWith(LEAK_OF_PLANTED));
    const [covered, asked] = [leaks.reduce((sum, each) => sum + each.covered, 0), leaks.reduce((sum, each) => sum + each.asked, 0)];
    const { low, high } = acceptedCounts(asked, LEVEL, ALPHA);
    expect(covered).toBeGreaterThanOrEqual(low);
    expect(covered).toBeLessThanOrEqual(high);
  });
});

describe('the judge', () => {
  const seeds = (covering: number, of: number): Given[][] =>
    Array.from({ length: of }, (_, at) => [{ key: 'x: share, all', low: at < covering ? 0.4 : 0.6, high: 0.7 }]);
  const judged = (covering: number) => judge(new Map([['x: share, all', 0.5]]), seeds(covering, 200))[0];

  test('accepts what 95 % lets expect of 200, and nothing much rarer or more frequent', () => {
    expect(judged(190)).toMatchObject({ covered: 190, asked: 200, good: true });
    expect(judged(180)?.good).toBe(false);
    expect(judged(200)?.good).toBe(false);
  });

  test('of whole days accepts that more are covered', () => {
    const all = seeds(200, 200).map(([given]) => [{ ...given, key: 'x: median, all' } as Given]);
    expect(judge(new Map([['x: median, all', 0.5]]), all)[0]?.good).toBe(true);
  });
});

describe('the exact binomial test', () => {
  // By hand: of ten throws of a coin, 11 of 1024 ways have at most one head.
  test('of ten throws of a coin', () => {
    expect(tailsOf(1, 10, 0.5).atMost).toBeCloseTo(11 / 1024, 12);
    expect(tailsOf(9, 10, 0.5).atLeast).toBeCloseTo(11 / 1024, 12);
    expect(acceptedCounts(10, 0.5, 0.05)).toEqual({ low: 2, high: 8 });
  });

  test('of each with a probability of its own is the same where all have the same', () => {
    expect(acceptedOfEach(Array<number>(10).fill(0.5), 0.05)).toEqual({ low: 2, high: 8 });
    // By hand: none with 0.9 × 0.2 = 0.18, both with 0.1 × 0.8 = 0.08.
    expect(acceptedOfEach([0.1, 0.8], 0.17)).toEqual({ low: 0, high: 1 });
  });

  test('keeps its level: what is not accepted is no likelier than alpha', () => {
    for (const [n, p] of [
      [200, 0.95],
      [30, 0.5],
      [200, 0.05],
    ] as const) {
      const { low, high } = acceptedCounts(n, p, 0.01);
      expect(tailsOf(low - 1, n, p).atMost).toBeLessThanOrEqual(0.005);
      expect(tailsOf(low, n, p).atMost).toBeGreaterThan(0.005);
      expect(tailsOf(high + 1, n, p).atLeast).toBeLessThanOrEqual(0.005);
    }
  });

  test('of any values in 0 … 1 the bound of their mean lies beyond that of the binomial ones, which are the widest', () => {
    const bound = highestMean(200, 0.1, 0.01);
    expect(bound).toBeGreaterThanOrEqual(acceptedCounts(200, 0.1, 0.01).high / 200);
    expect(bound).toBeLessThan(0.2);
  });
});
