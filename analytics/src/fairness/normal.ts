/** The normal distribution, as far as intervals and tests of gaps need it. */
import cdf from '@stdlib/stats-base-dists-normal-cdf';
import quantile from '@stdlib/stats-base-dists-normal-quantile';

/** The probability of being below `z`. */
export const below = (z: number): number => cdf(z, 0, 1);

/** The probability of being at least as far from 0 as `z`, either way. */
export const twoSidedP = (z: number): number => 2 * cdf(-Math.abs(z), 0, 1);

/** The z that is exceeded with `probability`, 0 < probability ≤ 1/2. */
export const upperQuantile = (probability: number): number => -quantile(probability, 0, 1);
