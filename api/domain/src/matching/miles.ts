/**
 * Great-circle miles from stored unit vectors. Only + − × ÷ √, which IEEE 754 rounds the same everywhere; sine, cosine
 * and their inverses are left to each machine's library, so they may not run where candidates are ranked.
 */
import type { UnitVector } from '../network/directory.ts';

/** Mean Earth radius R₁ of the IUGG, 6,371.0088 km, in statute miles. */
export const EARTH_RADIUS_MILES = 3958.7613;

/** Miles of a chord of the unit sphere: arc = 2·asin(c/2) = c + c³/24 + …; the rest is under 0.001 mile up to 500 miles. */
export const milesOfChord = (chord: number): number => EARTH_RADIUS_MILES * (chord + (chord * chord * chord) / 24);

/** The length of the straight line between two points of the unit sphere, given the differences of their coordinates. */
export const chordOf = (dx: number, dy: number, dz: number): number => Math.sqrt(dx * dx + dy * dy + dz * dz);

/** Miles between two places; symmetric, and 0 for the same place. */
export const milesBetween = (from: UnitVector, to: UnitVector): number =>
  milesOfChord(chordOf(from[0] - to[0], from[1] - to[1], from[2] - to[2]));
