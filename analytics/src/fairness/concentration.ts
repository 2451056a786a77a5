/** How unevenly orders spread over specialists. */
import { upperQuantile } from './normal.ts';

const LEVEL_Z = upperQuantile(0.025);

export type Concentration = {
  /** The probability that two orders went to the same specialist, 0 … 1. */
  sameTwice: number;
  standardError: number;
};

/** Of the estimate from `n` orders, where specialists are ordered with these probabilities (Simpson 1949). */
export function simpsonVariance(n: number, probabilities: readonly number[]): number {
  const power = (exponent: number): number => probabilities.reduce((sum, each) => sum + each ** exponent, 0);
  const pairs = n * (n - 1);
  return (4 * pairs * (n - 2) * power(3) + 2 * pairs * power(2) - 2 * pairs * (2 * n - 3) * power(2) ** 2) / pairs ** 2;
}

/**
 * Simpson 1949, Nature 163:688: unbiased, with the variance given there. Null below two orders.
 * @param orders of each specialist
 */
export function concentrationOf(orders: readonly number[]): Concentration | null {
  const n = orders.reduce((sum, each) => sum + each, 0);
  if (n < 2) return null;
  const sameTwice = orders.reduce((sum, each) => sum + each * (each - 1), 0) / (n * (n - 1));
  const variance = simpsonVariance(
    n,
    orders.map((each) => each / n),
  );
  return { sameTwice, standardError: Math.sqrt(Math.max(0, variance)) };
}

/**
 * How many specialists there would be if they were ordered equally often, at a level of 95 %.
 * @param specialists how many there are: no more can share
 */
export function equalSharers(orders: readonly number[], specialists: number): { value: number; low: number; high: number } | null {
  const found = concentrationOf(orders);
  if (found === null || found.sameTwice === 0) return null;
  const within = (sharers: number): number => Math.min(specialists, Math.max(1, sharers));
  const { sameTwice, standardError } = found;
  const least = sameTwice - LEVEL_Z * standardError;
  return {
    value: within(1 / sameTwice),
    low: within(1 / (sameTwice + LEVEL_Z * standardError)),
    high: least <= 0 ? specialists : within(1 / least),
  };
}
