/**
 * Pairs of descriptions of patients, some of one person written down twice and some of two people, made without knowing how they will be
 * compared: this folder imports nothing of the rules, and the rules nothing of it. Names and streets are those of the synthetic directory, ZIP
 * codes those of the United States; how often each is drawn falls as one over its rank, as surnames do.
 */
import names from '@refloop/launch/directory/names.json' with { type: 'json' };
import { placeOf } from '@refloop/launch/synthetic/places';
import { type Random, randomFrom } from '@refloop/launch/synthetic/random';
import { misspelled } from './slips.ts';

export type Written = {
  family: string;
  given: string[];
  suffix: string;
  born: string;
  sex: 'female' | 'male' | '';
  line: string;
  city: string;
  postalCode: string;
  phone: string;
  recordNumbers: string[];
};

export const PAIR_KINDS = ['same', 'twins', 'namesakes', 'parent-and-child', 'siblings', 'couple', 'strangers'] as const;
export type PairKind = (typeof PAIR_KINDS)[number];
export type Pair = { kind: PairKind; same: boolean; chart: Written; document: Written };

/** Shares of a hundred, in the order of PAIR_KINDS. Hard: far more people who are alike than any practice has. */
export const MIXTURES = { usual: [30, 1, 0.2, 1.8, 5, 5, 57], hard: [40, 15, 8, 9, 9, 4, 15] } as const;

/** One over the rank, as surnames fall (Zipf). */
function rankedDraws(from: readonly string[]): (random: Random) => string {
  const bounds: number[] = [];
  let sum = 0;
  for (let rank = 1; rank <= from.length; rank += 1) bounds.push((sum += 1 / rank));
  return (random) => {
    const drawn = random.next() * sum;
    let [low, high] = [0, from.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (drawn < (bounds[middle] ?? 0)) high = middle;
      else low = middle + 1;
    }
    return from[low] ?? '';
  };
}

/** Lists come in the order of the alphabet; which names are common must not go by it. */
function shuffled(list: readonly string[], seed: string): string[] {
  const random = randomFrom(seed);
  return list
    .map((each) => [random.next(), each] as const)
    .sort(([left], [right]) => left - right)
    .map(([, each]) => each);
}

const family = rankedDraws(shuffled(names.family, 'families'));
const givenNames = { female: shuffled(names.female, 'female'), male: shuffled(names.male, 'male') };
const given = { female: rankedDraws(givenNames.female), male: rankedDraws(givenNames.male) };
const ZIPS = ['94601', '60614', '30309', '55407', '98103', '77004', '10027', '85004', '33130', '48201', '63104', '80205'];
/** What people are called at home. */
const CALLED: Readonly<Record<string, string>> = {
  Alexander: 'Alex',
  Anthony: 'Tony',
  Benjamin: 'Ben',
  Charles: 'Charlie',
  Christopher: 'Chris',
  Deborah: 'Debbie',
  Gabriela: 'Gaby',
  Jacqueline: 'Jackie',
  Jennifer: 'Jenny',
  Judith: 'Judy',
  Katherine: 'Kathy',
  Kimberly: 'Kim',
  Margaret: 'Peggy',
  Michelle: 'Shelly',
  Nicole: 'Nikki',
  Patricia: 'Pat',
  Rebecca: 'Becky',
  Susan: 'Sue',
  Teresa: 'Terry',
  Victoria: 'Vicky',
};

const two = (number: number): string => String(number).padStart(2, '0');
const birthDate = (random: Random, from = 1931, to = 2024): string =>
  `${random.integer(from, to)}-${two(random.integer(1, 12))}-${two(random.integer(1, 28))}`;
const phone = (random: Random): string => `${random.integer(201, 989)}-555-${random.integer(1000, 9999)}`;

function home(random: Random): Pick<Written, 'line' | 'city' | 'postalCode'> {
  const postalCode = random.pick(ZIPS);
  const flat = random.next() < 0.25 ? ` Apt ${random.integer(1, 60)}` : '';
  return {
    line: `${random.integer(1, 9800)} ${random.pick(names.street)}${flat}`,
    city: placeOf(postalCode).city,
    postalCode,
  };
}

const firstName = (sex: Written['sex'], random: Random): string => given[sex === 'male' ? 'male' : 'female'](random);

let numbers = 0;
const recordNumber = (): string => `MRN-${String(700_000 + (numbers += 1))}`;

function person(random: Random): Written {
  const sex = random.next() < 0.52 ? 'female' : 'male';
  const middle = random.next() < 0.3 ? [firstName(sex, random)] : [];
  return {
    family: random.next() < 0.04 ? `${family(random)}-${family(random)}` : family(random),
    given: [firstName(sex, random), ...middle],
    suffix: '',
    born: birthDate(random),
    sex,
    ...home(random),
    phone: phone(random),
    recordNumbers: [recordNumber()],
  };
}

const anotherName = (one: Written, sex: Written['sex'], random: Random): string => {
  for (;;) {
    const other = firstName(sex, random);
    if (other !== one.given[0]) return other;
  }
};

const other = (one: Written, more: Partial<Written>): Written => ({ ...one, suffix: '', recordNumbers: [recordNumber()], ...more });

/** A given name with the same beginning, as twins are often given; any other where the lists have none. */
function twinName(one: Written, sex: Written['sex'], random: Random): string {
  const begins = one.given[0]?.slice(0, random.next() < 0.3 ? 3 : 1) ?? '';
  const alike = givenNames[sex === 'male' ? 'male' : 'female'].filter((name) => name.startsWith(begins) && name !== one.given[0]);
  return alike.length > 0 && random.next() < 0.6 ? random.pick(alike) : anotherName(one, sex, random);
}

/** Another person than this one, as near to them as the kind says. */
function neighbour(one: Written, kind: Exclude<PairKind, 'same'>, random: Random): Written {
  const sex = random.next() < 0.5 ? 'female' : 'male';
  const year = Number(one.born.slice(0, 4));
  switch (kind) {
    case 'twins': {
      const own = random.next() < 0.6 ? one.sex : sex;
      return other(one, { sex: own, given: [twinName(one, own, random)] });
    }
    case 'namesakes':
      return other(one, { ...home(random), phone: phone(random), given: random.next() < 0.5 ? one.given : one.given.slice(0, 1) });
    case 'parent-and-child': {
      const child = other(one, { born: birthDate(random, year + 18, year + 40), suffix: random.next() < 0.3 ? 'Jr.' : '' });
      return random.next() < 0.25 ? { ...child, ...home(random), phone: phone(random) } : child;
    }
    case 'siblings':
      return other(one, { sex, given: [anotherName(one, sex, random)], born: birthDate(random, year - 8, year + 8) });
    case 'couple':
      return other(one, {
        sex,
        given: [anotherName(one, sex, random)],
        born: birthDate(random, year - 12, year + 12),
        phone: phone(random),
      });
    case 'strangers':
      return person(random);
  }
}

const maybe = (share: number, random: Random): boolean => random.next() < share;

/** The same person as another office writes them down: what moves, is left out, or is written wrong. */
export function writtenElsewhere(one: Written, random: Random): Written {
  const [first = '', ...middle] = one.given;
  const called = CALLED[first];
  const moved = maybe(0.12, random);
  const said: Written = {
    ...one,
    given: [called !== undefined && maybe(0.3, random) ? called : first, ...(maybe(0.5, random) ? middle : [])],
    ...(moved ? home(random) : {}),
    phone: maybe(moved ? 0.4 : 0.08, random) ? phone(random) : one.phone,
    recordNumbers: maybe(0.25, random) ? one.recordNumbers : [],
  };
  if (one.sex === 'female' && maybe(0.02, random)) said.family = family(random);
  if (maybe(0.02, random)) [said.family, said.given] = [said.given[0] ?? '', [said.family]];
  if (maybe(0.05, random)) said.family = misspelled(said.family, random);
  if (maybe(0.04, random)) said.given = [misspelled(said.given[0] ?? '', random), ...said.given.slice(1)];
  if (maybe(0.03, random)) said.born = wrongDate(said.born, random);
  if (maybe(0.03, random)) said.phone = misspelled(said.phone, random, '0123456789');
  if (maybe(0.06, random)) said.line = misspelled(said.line, random);
  if (maybe(0.05, random)) said.line = '';
  if (maybe(0.1, random)) said.phone = '';
  if (maybe(0.04, random)) said.sex = '';
  if (maybe(0.01, random)) said.sex = one.sex === 'female' ? 'male' : 'female';
  if (maybe(0.02, random)) said.given = [(said.given[0] ?? '').slice(0, 1)];
  if (maybe(0.03, random)) said.postalCode = '';
  if (maybe(0.01, random)) said.born = '';
  return said;
}

function wrongDate(born: string, random: Random): string {
  const [year = '', month = '', day = ''] = born.split('-');
  if (random.next() < 0.3 && Number(day) <= 12) return `${year}-${day}-${month}`;
  if (random.next() < 0.5) return `${year}-${month}-${two(random.integer(1, 28))}`;
  return `${Number(year) + random.pick([-10, -1, 1, 10])}-${month}-${day}`;
}

/** A record number with a digit wrong may be anybody’s in the practice. That it is the namesake’s who was born on the same day does not happen. */
function withNumber(document: Written, chart: Written, random: Random): Written {
  const [number] = chart.recordNumbers;
  return number !== undefined && random.next() < 0.002 ? { ...document, recordNumbers: [number] } : document;
}

function kindOf(shares: readonly number[], random: Random): PairKind {
  let left = random.next() * shares.reduce((sum, each) => sum + each, 0);
  for (const [at, kind] of PAIR_KINDS.entries()) {
    left -= shares[at] ?? 0;
    if (left < 0) return kind;
  }
  return 'strangers';
}

export function pairsOf(seed: number, count: number, mixture: keyof typeof MIXTURES): Pair[] {
  const random = randomFrom(`patient pairs ${mixture} ${seed}`);
  return Array.from({ length: count }, (): Pair => {
    const chart = person(random);
    const kind = kindOf(MIXTURES[mixture], random);
    if (kind === 'same') return { kind, same: true, chart, document: writtenElsewhere(chart, random) };
    const document = writtenElsewhere(neighbour(chart, kind, random), random);
    return { kind, same: false, chart, document: kind === 'namesakes' ? document : withNumber(document, chart, random) };
  });
}
