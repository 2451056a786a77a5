/** Staffs the simulated practice's offices with people of a directory, so that who was referred to can be looked up there. */
import { EARTH_RADIUS_MILES } from '@refloop/domain/matching/miles';
import type { DirectoryEntry, UnitVector } from '@refloop/domain/network/directory';
import { drawsOf } from '@refloop/domain/practice/draws';
import { officeIds, type Position, SPECIALISTS_IN_AN_OFFICE, type Specialist, type Staffing } from './offices.ts';

/** The middle of the practice's area: downtown Chicago. */
const MIDDLE = { latitude: 41.88, longitude: -87.65 };
const WITHIN_MILES = 35;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;
const dot = (left: UnitVector, right: UnitVector): number => left[0] * right[0] + left[1] * right[1] + left[2] * right[2];

const [sinLatitude, cosLatitude] = [Math.sin(radians(MIDDLE.latitude)), Math.cos(radians(MIDDLE.latitude))];
const [sinLongitude, cosLongitude] = [Math.sin(radians(MIDDLE.longitude)), Math.cos(radians(MIDDLE.longitude))];
const UP: UnitVector = [cosLatitude * cosLongitude, cosLatitude * sinLongitude, sinLatitude];
const EAST: UnitVector = [-sinLongitude, cosLongitude, 0];
const NORTH: UnitVector = [-sinLatitude * cosLongitude, -sinLatitude * sinLongitude, cosLatitude];

/** On the plane that touches the earth there; undefined on the other side of it. */
function positionOf(unit: UnitVector): Position | undefined {
  if (dot(unit, UP) < 0.9) return undefined;
  return { east: dot(unit, EAST) * EARTH_RADIUS_MILES, north: dot(unit, NORTH) * EARTH_RADIUS_MILES };
}

function specialistOf(entry: DirectoryEntry, position: Position): Specialist {
  const { given, family, credential } = entry.name;
  const name = `${given} ${family}`;
  return { entryId: entry.id, npi: entry.npi, display: credential ? `${name}, ${credential}` : name, nucc: entry.nucc, position };
}

/** Places of one specialty with the people there, in an order of their own; nobody works at two of them. */
function placesOf(entries: readonly DirectoryEntry[], taken: Set<string>): Specialist[][] {
  const places = new Map<string, Specialist[]>();
  for (const entry of entries.toSorted((left, right) => (left.id < right.id ? -1 : 1))) {
    const position = positionOf(entry.location.unit);
    if (!position || Math.hypot(position.east, position.north) > WITHIN_MILES || taken.has(entry.npi)) continue;
    const place = places.get(entry.location.id) ?? [];
    if (place.length === SPECIALISTS_IN_AN_OFFICE.high) continue;
    taken.add(entry.npi);
    places.set(entry.location.id, [...place, specialistOf(entry, position)]);
  }
  return [...places.values()];
}

/** Offices for which the directory has nobody left are not named; invented people work there. */
export function staffingFrom(entries: readonly DirectoryEntry[], seed: string): Staffing {
  const bySpecialty = Map.groupBy(entries, ({ specialty }) => specialty);
  const taken = new Set<string>();
  const staffing: Record<string, Specialist[]> = {};
  const left = new Map<string, Specialist[][]>();
  for (const { id, specialty } of officeIds()) {
    const places = left.get(specialty) ?? placesOf(bySpecialty.get(specialty) ?? [], taken);
    left.set(specialty, places);
    if (places.length === 0) continue;
    const [place] = places.splice(drawsOf(`${seed}/staffing/${id}`).integer(0, places.length - 1), 1);
    if (place) staffing[id] = place;
  }
  return staffing;
}
