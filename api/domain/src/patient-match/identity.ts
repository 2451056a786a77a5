/**
 * What a document or a chart says of who a patient is, and the form in which it is compared. Absent is the empty string or list: what is not
 * said speaks neither for nor against anybody.
 */

export type Identity = {
  family: string;
  given: readonly string[];
  /** Jr, Sr, II, III …; empty where none is said. */
  suffix: string;
  /** `YYYY-MM-DD`, or empty. */
  born: string;
  /** FHIR administrative gender. */
  sex: 'female' | 'male' | 'other' | '';
  line: string;
  city: string;
  /** ZIP code; nine digits count as their first five. */
  postalCode: string;
  /** Any form with ten digits; a leading country code 1 is passed over. */
  phone: string;
  /** Medical record numbers of the practice. */
  recordNumbers: readonly string[];
};

/** As compared: lower case, no accents, no punctuation. */
export type ComparedIdentity = {
  family: string;
  /** Of a double surname each part. */
  familyParts: readonly string[];
  given: readonly string[];
  suffix: string;
  born: { year: number; month: number; day: number } | null;
  sex: Identity['sex'];
  line: string;
  postalCode: string;
  phone: string;
  recordNumbers: readonly string[];
};

const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9\s-]/g, '');

const letters = (text: string): string => plain(text).replaceAll(/[^a-z]/g, '');

/** Endings that people write behind a family name. */
const SUFFIXES: Readonly<Record<string, string>> = { jr: 'jr', junior: 'jr', sr: 'sr', senior: 'sr', ii: 'ii', iii: 'iii', iv: 'iv' };

/** USPS Publication 28, appendices B and C: the commonest street suffixes and directions, each as its standard abbreviation. */
const STREET_WORDS: Readonly<Record<string, string>> = {
  avenue: 'ave',
  av: 'ave',
  boulevard: 'blvd',
  circle: 'cir',
  court: 'ct',
  drive: 'dr',
  highway: 'hwy',
  lane: 'ln',
  parkway: 'pkwy',
  place: 'pl',
  road: 'rd',
  square: 'sq',
  street: 'st',
  terrace: 'ter',
  trail: 'trl',
  north: 'n',
  south: 's',
  east: 'e',
  west: 'w',
  northeast: 'ne',
  northwest: 'nw',
  southeast: 'se',
  southwest: 'sw',
  apartment: 'apt',
  unit: 'apt',
  suite: 'ste',
};

const words = (text: string): string[] =>
  plain(text)
    .split(/[\s-]+/)
    .filter(Boolean);

function dayOf(born: string): ComparedIdentity['born'] {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(born) ?? [];
  return year && month && day ? { year: Number(year), month: Number(month), day: Number(day) } : null;
}

const NATIONAL_DIGITS = 10;

function phoneOf(phone: string): string {
  const digits = phone.replaceAll(/\D/g, '');
  return digits.length < NATIONAL_DIGITS ? '' : digits.slice(-NATIONAL_DIGITS);
}

export function comparedIdentity(identity: Identity): ComparedIdentity {
  const named = words(identity.family);
  const ending = named.length > 1 ? SUFFIXES[named.at(-1) ?? ''] : undefined;
  const parts = (ending === undefined ? named : named.slice(0, -1)).map(letters).filter(Boolean);
  return {
    family: parts.join(''),
    familyParts: parts.filter(({ length }) => length > 2),
    given: identity.given
      .flatMap((name) => name.split(/\s+/))
      .map(letters)
      .filter(Boolean),
    suffix: SUFFIXES[letters(identity.suffix)] ?? ending ?? '',
    born: dayOf(identity.born),
    sex: identity.sex,
    line: words(identity.line)
      .map((word) => STREET_WORDS[word] ?? word)
      .join(' '),
    postalCode: identity.postalCode.replaceAll(/\D/g, '').slice(0, 5),
    phone: phoneOf(identity.phone),
    recordNumbers: identity.recordNumbers.map((number) => number.toLowerCase().replaceAll(/[^a-z0-9]/g, '')).filter(Boolean),
  };
}
