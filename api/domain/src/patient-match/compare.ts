/**
 * How two descriptions of a patient agree, field by field: each field has levels, from the same to different, and null where one side does not
 * say. What a level weighs is estimated (estimate.ts), never set here.
 */
import type { ComparedIdentity } from './identity.ts';
import nicknames from './nicknames.json' with { type: 'json' };
import { editDistance, jaroWinkler } from './string-distance.ts';

/** The levels of each field, the closest first. */
export const LEVELS = {
  /** Crossed: given and family name stand in each other’s place, which then says what there is to say of both. */
  family: ['same', 'close', 'crossed', 'different'],
  given: ['same', 'nickname', 'close', 'initial', 'different'],
  /** A slip: one digit another, two neighbours exchanged, or day and month exchanged. */
  born: ['same', 'slip', 'year', 'different'],
  sex: ['same', 'different'],
  /** Area: the same ZIP code, another street. */
  address: ['same', 'close', 'area', 'different'],
  phone: ['same', 'slip', 'different'],
} as const;

export type Field = keyof typeof LEVELS;
export const FIELDS = Object.keys(LEVELS) as Field[];

export type Agreement = { [F in Field]: (typeof LEVELS)[F][number] | null };

/** Winkler’s comparator at and above which two surnames count as close; the customary cut lies between 0.85 and 0.95. */
const CLOSE_NAME = 0.9;

const formalNames = new Map<string, Set<string>>();
for (const [formal, short] of Object.entries(nicknames))
  for (const name of short) formalNames.set(name, new Set([...(formalNames.get(name) ?? []), formal]));

/** One is a usual short form of the other; two formal names that share one are two names. */
const isNickname = (left: string, right: string): boolean =>
  formalNames.get(left)?.has(right) === true || formalNames.get(right)?.has(left) === true;

export function compareIdentities(left: ComparedIdentity, right: ComparedIdentity): Agreement {
  const crossed = namesCrossed(left, right);
  return {
    family: crossed ? 'crossed' : familyLevel(left, right),
    given: crossed ? null : givenLevel(left.given, right.given),
    born: bornLevel(left.born, right.born),
    sex: left.sex === '' || right.sex === '' ? null : left.sex === right.sex ? 'same' : 'different',
    address: addressLevel(left, right),
    phone: phoneLevel(left.phone, right.phone),
  };
}

function namesCrossed(left: ComparedIdentity, right: ComparedIdentity): boolean {
  const [leftGiven = '', rightGiven = ''] = [left.given[0], right.given[0]];
  if (leftGiven === '' || rightGiven === '' || left.family === leftGiven) return false;
  return left.family === rightGiven && leftGiven === right.family;
}

function familyLevel(left: ComparedIdentity, right: ComparedIdentity): Agreement['family'] {
  if (left.family === '' || right.family === '') return null;
  if (left.family === right.family) return 'same';
  const shareAPart =
    left.familyParts.length + right.familyParts.length > 2 && left.familyParts.some((part) => right.familyParts.includes(part));
  return shareAPart || jaroWinkler(left.family, right.family) >= CLOSE_NAME ? 'close' : 'different';
}

function givenLevel(left: readonly string[], right: readonly string[]): Agreement['given'] {
  const [one, other] = [left[0], right[0]];
  if (one === undefined || other === undefined) return null;
  if (one === other) return 'same';
  if (isNickname(one, other)) return 'nickname';
  if (one.length === 1 || other.length === 1) return one[0] === other[0] ? 'initial' : 'different';
  const goesBySecond = left.slice(1).includes(other) || right.slice(1).includes(one);
  return goesBySecond || jaroWinkler(one, other) >= CLOSE_NAME || editDistance(one, other) === 1 ? 'close' : 'different';
}

type Born = ComparedIdentity['born'];
const two = (number: number): string => String(number).padStart(2, '0');
const digitsOf = ({ year, month, day }: NonNullable<Born>): string => `${year}${two(month)}${two(day)}`;

/** A decade is no slip: a parent and a child with one name are often told apart by nothing else. */
const DECADE = 10;

function bornLevel(left: Born, right: Born): Agreement['born'] {
  if (!left || !right) return null;
  const [one, other] = [digitsOf(left), digitsOf(right)];
  if (one === other) return 'same';
  const exchanged = left.year === right.year && left.month === right.day && left.day === right.month;
  const near = Math.abs(left.year - right.year) < DECADE;
  if (exchanged || (near && editDistance(one, other) === 1)) return 'slip';
  return left.year === right.year ? 'year' : 'different';
}

const houseNumber = (line: string): string => line.split(' ').find((word) => /^\d/.test(word)) ?? '';

function addressLevel(left: ComparedIdentity, right: ComparedIdentity): Agreement['address'] {
  const lines = left.line !== '' && right.line !== '';
  const zips = left.postalCode !== '' && right.postalCode !== '';
  if (lines && left.line === right.line && (!zips || left.postalCode === right.postalCode)) return 'same';
  const alike = lines && houseNumber(left.line) === houseNumber(right.line) && jaroWinkler(left.line, right.line) >= CLOSE_NAME;
  if (alike && (!zips || editDistance(left.postalCode, right.postalCode) <= 1)) return 'close';
  if (!zips) return lines ? 'different' : null;
  return left.postalCode === right.postalCode ? 'area' : 'different';
}

function phoneLevel(left: string, right: string): Agreement['phone'] {
  if (left === '' || right === '') return null;
  if (left === right) return 'same';
  return editDistance(left, right) === 1 ? 'slip' : 'different';
}
