import { randomFrom } from '@refloop/launch/synthetic/random';
import { describe, expect, test } from 'vitest';
import { median } from '../figures.ts';
import { allAtOnce, MEDIAN_THINKING, poissonArrivals, thinkingOf } from './arrivals.ts';

describe('arrivals', () => {
  test('the same seed brings the same, another seed others', () => {
    const of = (seed: string): number[] => poissonArrivals(randomFrom(seed), 2, 60);
    expect(of('a')).toEqual(of('a'));
    expect(of('a')).not.toEqual(of('b'));
  });

  test('as many come as the rate says, one after the other, with waits as irregular as chance makes them', () => {
    const arrivals = poissonArrivals(randomFrom('rate'), 2, 5_000);
    expect(arrivals.length).toBeGreaterThan(9_600);
    expect(arrivals.length).toBeLessThan(10_400);
    expect(arrivals).toEqual([...arrivals].sort((a, b) => a - b));
    expect(arrivals.at(-1)).toBeLessThan(5_000_000);
    const waits = arrivals.map((at, number) => at - (arrivals[number - 1] ?? 0));
    // Of an exponential distribution the median is ln 2 of the mean; evenly spaced arrivals would have both alike.
    expect(median(waits) / 500).toBeGreaterThan(0.65);
    expect(median(waits) / 500).toBeLessThan(0.74);
  });

  test('all at once is within one second', () => {
    expect(allAtOnce(50)).toHaveLength(50);
    expect(allAtOnce(50).at(-1)).toBe(980);
  });
});

test('people think around the median, nobody in no time, two thirds within its spread', () => {
  const random = randomFrom('thinking');
  const reading = Array.from({ length: 4_000 }, () => thinkingOf(random).reading / MEDIAN_THINKING.reading);
  expect(median(reading)).toBeGreaterThan(0.95);
  expect(median(reading)).toBeLessThan(1.05);
  expect(Math.min(...reading)).toBeGreaterThan(0.1);
  const within = reading.filter((each) => each > Math.exp(-0.4) && each < Math.exp(0.4)).length / reading.length;
  expect(within).toBeGreaterThan(0.65);
  expect(within).toBeLessThan(0.72);
});
