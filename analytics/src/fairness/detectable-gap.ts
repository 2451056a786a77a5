/** What could have been found: a report that says nothing must say how much it could have missed. */
import { upperQuantile } from './normal.ts';

export const POWER = 0.8;

/**
 * The smallest gap that would be called different with POWER by a two-sided test at `alpha`: (z of alpha/2 + z of 1 − POWER) standard
 * errors (Bloom 1995, Eval Rev 19:547).
 * @param nullError standard error of the gap if there is none
 */
export const detectableGap = (nullError: number, alpha: number): number =>
  (upperQuantile(alpha / 2) + upperQuantile(1 - POWER)) * nullError;
