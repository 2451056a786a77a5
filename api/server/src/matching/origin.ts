/**
 * Where a patient lives, as a point of the unit sphere. Sine and cosine run here, once per request, before matching:
 * the point is part of the request, so an answer is replayed from the stored point and not from the angles.
 */
import type { Origin } from '@refloop/domain/matching/request';
import type { UnitVector } from '@refloop/domain/network/directory';
import zipcodes from 'zipcodes';

/** What a chart says of the place: the address's own position in degrees, or no more than a five-digit ZIP code. */
export type Place = { latitude: number; longitude: number } | string;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Degrees, north and east positive. */
export function unitVectorOf({ latitude, longitude }: { latitude: number; longitude: number }): UnitVector {
  const [phi, lambda] = [radians(latitude), radians(longitude)];
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
}

const centroids = new Map<string, UnitVector>();

/**
 * The centroid of a five-digit ZIP code (table of the npm package `zipcodes` 8.0.0). Undefined when the table has none:
 * military post offices (APO, FPO, DPO) stand in it at 0°, 0°, which is the sea off Africa.
 */
export function zipCentroid(zip: string): UnitVector | undefined {
  const known = centroids.get(zip);
  if (known) return known;
  const listed = /^\d{5}$/.test(zip) ? zipcodes.codes[zip] : undefined;
  if (!listed || !Number.isFinite(listed.latitude) || !Number.isFinite(listed.longitude)) return undefined;
  if (listed.latitude === 0 && listed.longitude === 0) return undefined;
  const unit = unitVectorOf(listed);
  centroids.set(zip, unit);
  return unit;
}

/** Null when there is no place, or only a ZIP code that the table does not place: nothing can then be said of distance. */
export function originOf(place: Place | null): Origin | null {
  if (place === null) return null;
  if (typeof place !== 'string') return { unit: unitVectorOf(place), precision: 'address' };
  const unit = zipCentroid(place);
  return unit ? { unit, precision: 'zip' } : null;
}
