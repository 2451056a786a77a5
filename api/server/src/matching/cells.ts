/**
 * A grid over the unit cube that holds the globe: a place's cell follows from its unit vector by multiplying and
 * rounding down, so that neither building nor asking needs an angle.
 */

import { EARTH_RADIUS_MILES } from '@refloop/domain/matching/miles';
import type { UnitVector } from '@refloop/domain/network/directory';

/** Cells along each axis from −1 to 1; one is about 31 miles wide, so a circle of 25 miles meets two or three a side. */
const PER_AXIS = 256;
const STRIDE = PER_AXIS + 1;

const along = (coordinate: number): number => Math.floor(((coordinate + 1) * PER_AXIS) / 2);
const clamped = (coordinate: number): number => Math.min(1, Math.max(-1, coordinate));

const keyOf = (x: number, y: number, z: number): number => (x * STRIDE + y) * STRIDE + z;

/** Rises with x, then y, then z. */
export const cellOf = ([x, y, z]: UnitVector): number => keyOf(along(x), along(y), along(z));

/**
 * Calls `visit` with the first and last cell key of each column of cells that a circle can touch. The arc is longer
 * than its chord, and the chord longer than its share of any axis, so `miles / radius` bounds all three.
 */
export function columnsAround([x, y, z]: UnitVector, miles: number, visit: (first: number, last: number) => void): void {
  // A hair wider than the circle: a place on its very edge must not be lost to rounding.
  const reach = miles / EARTH_RADIUS_MILES + 1e-9;
  const low = (coordinate: number): number => along(clamped(coordinate - reach));
  const high = (coordinate: number): number => along(clamped(coordinate + reach));
  const [fromZ, toZ] = [low(z), high(z)];
  for (let column = low(x); column <= high(x); column += 1) {
    for (let row = low(y); row <= high(y); row += 1) visit(keyOf(column, row, fromZ), keyOf(column, row, toZ));
  }
}
