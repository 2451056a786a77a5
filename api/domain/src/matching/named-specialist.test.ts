import { describe, expect, test } from 'vitest';
import { assess } from './assessment.ts';
import { exampleEntry, exampleRequest, exampleSnapshot, inNetwork, milesEast, PLAN } from './example-directory.ts';
import { searchByName, wordsOf } from './name-search.ts';
import { SEED_V1 } from './policies.ts';

const named = (changes: Parameters<typeof exampleEntry>[0]) =>
  assess(exampleEntry(changes), exampleRequest(), PLAN, exampleSnapshot(changes).medians, SEED_V1);

describe('R29: a specialist somebody named', () => {
  test('an eligible one has nothing against it', () => {
    expect(named({ id: 'a', miles: 3 })).toMatchObject({ exclusion: null, exclusions: [], otherSpecialty: null });
  });

  test('everything that stands against the choice is named, and the facts are there all the same', () => {
    const closedAndOut = named({ id: 'a', miles: 80, ages: 'children', networks: [inNetwork({ networkId: 'net-b', accepting: 'nopt' })] });
    expect(closedAndOut).toMatchObject({
      exclusion: 'children-only',
      exclusions: ['children-only', 'not-accepting', 'out-of-network'],
      candidate: { network: { status: 'out' } },
    });
    expect(closedAndOut.candidate.miles).toBeCloseTo(80, 3);
    expect(closedAndOut.candidate.why).toContain('Out of network for Example Health PPO');
  });

  test('another specialty is allowed and said', () => {
    expect(named({ id: 'a', nucc: '207N00000X', specialty: 'dermatology' }).otherSpecialty).toBe('Dermatology');
  });
});

describe('search by name', () => {
  const entries = [
    exampleEntry({ id: 'far', miles: 9, name: { family: 'Peña-Ruiz', given: 'José' } }),
    exampleEntry({
      id: 'near',
      miles: 2,
      name: { family: 'O’Brien', given: 'Joseph' },
      organization: { id: 'o', name: 'Penn Heart Clinic' },
    }),
    exampleEntry({ id: 'skin', miles: 1, name: { family: 'Penrose', given: 'Joan' }, nucc: '207N00000X', specialty: 'dermatology' }),
  ];
  const find = (text: string, specialty: string | null = null, limit = 10) =>
    searchByName(entries, { text, specialty, origin: { unit: milesEast(0), precision: 'address' }, limit });
  const ids = (text: string, specialty: string | null = null) => find(text, specialty).entries.map(({ id }) => id);

  test('folds accents, apostrophes and case', () => {
    expect(wordsOf(' Peña-Ruiz, José  O’Brien M.D.')).toEqual(['pena', 'ruiz', 'jose', 'obrien', 'm', 'd']);
  });

  test.each<[string, string | null, string[]]>([
    ['pen', null, ['skin', 'near', 'far']],
    ['PEÑA', null, ['far']],
    ['pen jo', 'cardiology', ['near', 'far']],
    ['heart o’b', null, ['near']],
    ['ruiz pena', null, ['far']],
    ['brien', null, []],
    ['?!', null, []],
  ])('“%s” in %s', (text, specialty, expected) => expect(ids(text, specialty)).toEqual(expected));

  test('the limit cuts, the total does not', () => {
    expect(find('pen', null, 1)).toMatchObject({ total: 3, entries: [{ id: 'skin' }] });
  });
});
