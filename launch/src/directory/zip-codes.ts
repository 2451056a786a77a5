import zipcodes from 'zipcodes';
import { isState } from './states.ts';

/** A ZIP code with its centroid in degrees, and the same as a point on the unit sphere. */
export type ZipCode = {
  zip: string;
  city: string;
  state: string;
  latitude: number;
  longitude: number;
  unit: readonly [number, number, number];
};

/** Mean radius of the earth in miles (IUGG, 6,371.0088 km). */
const EARTH_MILES = 3958.7613;
const RADIANS = Math.PI / 180;

export function unitVector(latitude: number, longitude: number): readonly [number, number, number] {
  const [phi, lambda] = [latitude * RADIANS, longitude * RADIANS];
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
}

/** Great-circle miles between two points. */
export function milesBetween(a: { unit: readonly [number, number, number] }, b: { unit: readonly [number, number, number] }): number {
  const [x, y, z] = [a.unit[0] - b.unit[0], a.unit[1] - b.unit[1], a.unit[2] - b.unit[2]];
  // Millions of these choose the hubs; `Math.hypot` takes several times as long.
  const chord = Math.sqrt(x * x + y * y + z * z);
  return 2 * EARTH_MILES * Math.asin(Math.min(1, chord / 2));
}

/** West of Greenwich, all of the fifty states and DC; a positive longitude is a slip in the source (one row of zipcodes 8.0.0). */
const isPlaced = (latitude: number, longitude: number): boolean => latitude > 18 && latitude < 72 && longitude < -64 && longitude >= -180;

/**
 * Every ZIP code of the fifty states and DC, by its number. Centroids: npm package `zipcodes` 8.0.0 (BSD-3-Clause),
 * about 41,700 codes; post-office boxes and codes of single organisations count like others.
 */
export const usZipCodes: readonly ZipCode[] = Object.values(zipcodes.codes)
  .filter((row) => row.country === 'US' && isState(row.state) && /^\d{5}$/.test(row.zip) && isPlaced(row.latitude, row.longitude))
  .map((row) => ({
    zip: row.zip,
    city: row.city,
    state: row.state,
    latitude: row.latitude,
    longitude: row.longitude,
    unit: unitVector(row.latitude, row.longitude),
  }))
  .sort((a, b) => (a.zip < b.zip ? -1 : 1));
