/** Where a location is: its own position if that can be right, else the centroid of its ZIP code. */
import type { DirectoryEntry, UnitVector } from '@refloop/domain/network/directory';
import { ok } from '@refloop/domain/result';
import zipcodes from 'zipcodes';
import { unitVectorOf, zipCentroid } from '../matching/origin.ts';
import { type RowResult, refuseRow } from './read-common.ts';
import type { LocationRecord } from './records.ts';

export type Placed = {
  location: DirectoryEntry['location'] /** Set when position and ZIP code cannot both be right. */;
  disagreement?: string;
};

const EARTH_MILES = 3958.7613;
/** No ZIP code reaches this far from its centroid; a position beyond it was mistyped or belongs to another address. */
const MAX_MILES_FROM_ZIP = 60;

const milesBetween = (a: UnitVector, b: UnitVector): number =>
  2 * EARTH_MILES * Math.asin(Math.min(1, Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]) / 2));

/** Boxes around the states and the Caribbean, Guam and the Northern Marianas, and American Samoa. */
const inUnitedStates = ({ latitude, longitude }: { latitude: number; longitude: number }): boolean =>
  (latitude > 17 && latitude < 72 && longitude >= -180 && longitude < -64) ||
  (latitude > 13 && latitude < 21 && longitude > 144 && longitude < 147) ||
  (latitude > -15 && latitude < -10 && longitude > -172 && longitude < -168);

export function placeOfPractice(record: LocationRecord): RowResult<Placed> {
  const { zip, position, name, line } = record;
  if (zip === undefined) return refuseRow('no ZIP code', 'address.postalCode is missing; give five digits');
  const centroid = zipCentroid(zip);
  const listed = zipcodes.codes[zip];
  const placed = (unit: UnitVector, precision: 'address' | 'zip', disagreement?: string): RowResult<Placed> =>
    ok({
      location: {
        id: record.place.id,
        ...(name && { name }),
        ...(line && { line }),
        city: record.city ?? listed?.city ?? '',
        state: record.state ?? listed?.state ?? '',
        zip,
        unit,
        precision,
      },
      ...(disagreement && { disagreement }),
    });

  if (position !== undefined && inUnitedStates(position)) {
    const unit = unitVectorOf(position);
    if (centroid === undefined) return placed(unit, 'address');
    const miles = milesBetween(unit, centroid);
    if (miles <= MAX_MILES_FROM_ZIP) return placed(unit, 'address');
    return placed(centroid, 'zip', `The listed position is ${Math.round(miles)} miles from ZIP code ${zip}.`);
  }
  if (centroid !== undefined) {
    return placed(centroid, 'zip', position && `The listed position is outside the United States, ZIP code ${zip} is not.`);
  }
  return position === undefined
    ? refuseRow('ZIP code unknown', `no position, and ZIP code ${zip} is unknown`)
    : refuseRow('place unknown', `the position lies outside the United States and ZIP code ${zip} is unknown`);
}
