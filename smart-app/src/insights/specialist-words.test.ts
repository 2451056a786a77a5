import type { SpecialistRow } from '@refloop/server/client/specialists';
import { describe, expect, test } from 'vitest';
import { firstSpecialty, inOrder } from './specialist-order.ts';
import { chanceText, leftOutTexts, levelText, rangeText, specialistName, verdictText } from './specialist-words.ts';

type Numbers = NonNullable<SpecialistRow['numbers']>;

const numbers = (more: Partial<Numbers> = {}): Numbers => ({
  observed: 8,
  expected: 9,
  ratio: { value: 0.89, low: 0.7, high: 1.1 },
  raw: { value: 0.8, low: 0.7, high: 0.9 },
  adjusted: 0.8,
  shrunken: { value: 0.82, low: 0.75, high: 0.88 },
  probabilityBetter: 0.4,
  probabilityWorse: 0.6,
  score: -0.4,
  adjustedP: 0.9,
  verdict: 'not-distinguishable',
  ...more,
});
const row = (specialist: string, n: number, own: Partial<Numbers> | null = {}, more: Partial<SpecialistRow> = {}): SpecialistRow => ({
  specialist,
  name: null,
  specialty: 'cardiology',
  network: 'in',
  n,
  numbers: own === null ? null : numbers(own),
  ...more,
});

const RULES = { fewest: 10, fewestPeers: 4, posterior: 0.9, falseDiscovery: 0.1, interval: 0.9 };
const chance = (compared: number, flagged: number, beyond: number) => ({
  chance: {
    compared,
    flagged,
    falseAtMost: flagged / 10,
    beyond95: { observed: beyond, expected: compared / 20 },
    beyond998: { observed: 0, expected: compared / 500 },
    overDispersion: 1,
  },
  rules: RULES,
});

describe('in words', () => {
  test('a share has its tenth of a per cent, a short time its tenth of a day, a long one none', () => {
    expect([levelText(0.8123, 'share'), levelText(2.04, 'days'), levelText(41.3, 'days')]).toEqual(['81.2 %', '2.0 days', '41 days']);
    expect([rangeText({ low: 0.7, high: 0.9 }, 'share'), rangeText({ low: 9.4, high: 11 }, 'days')]).toEqual(['70.0–90.0', '9.4–11']);
  });

  test('who is not in the directory is a number, who has too few is not judged', () => {
    expect([specialistName(row('2990000018', 12)), specialistName(row('1', 12, {}, { name: 'Ana Rivera, MD' }))]).toEqual([
      'NPI 2990000018',
      'Ana Rivera, MD',
    ]);
    expect([verdictText(row('1', 9, null)), verdictText(row('1', 12)), verdictText(row('1', 12, { verdict: 'worse' }))]).toEqual([
      'Too few',
      '○ Not distinguishable',
      '▼ Worse than usual',
    ]);
  });

  test('how many stand out is said with how many chance would make', () => {
    expect(chanceText(chance(0, 0, 0))).toBe('No specialty of this view has enough specialists to compare.');
    expect(chanceText(chance(140, 0, 6))).toBe(
      'Of 140 specialists compared nobody stands out. By chance alone about 7 of 140 would lie outside the 95 % limits; 6 do.',
    );
    expect(chanceText(chance(140, 1, 1))).toBe(
      'Of 140 specialists compared 1 stands out; on average at most 0.1 of them by chance (10 %). By chance alone about 7 of 140 would lie outside the 95 % limits; 1 does.',
    );
  });

  test('those left out are said with why, the most first', () => {
    const measure = { leftOut: { a: 'Never sent', b: 'Too young', c: 'No NPI' } } as never;
    const leftOut = [
      { why: 'a', n: 2 },
      { why: 'b', n: 1200 },
      { why: 'c', n: 0 },
    ];
    expect(leftOutTexts({ leftOut, measure })).toEqual(['1,200: Too young', '2: Never sent']);
  });
});

describe('in order', () => {
  const few = row('1', 5, null);
  const many = row('2', 500, { raw: { value: 0.7, low: 0.6, high: 0.8 }, shrunken: { value: 0.71, low: 0.68, high: 0.74 } });
  const some = row('3', 20, { raw: { value: 0.9, low: 0.6, high: 1 }, shrunken: { value: 0.8, low: 0.6, high: 0.95 } });
  const rows = [some, few, many];
  const names = (ordered: SpecialistRow[]): string[] => ordered.map(({ specialist }) => specialist);

  test('by name unless somebody asks for more; those with too few come last', () => {
    expect(names(inOrder(rows, 'name', 'higher'))).toEqual(['1', '2', '3']);
    expect(names(inOrder(rows, 'n', 'higher'))).toEqual(['2', '3', '1']);
    expect(names(inOrder(rows, 'raw', 'higher'))).toEqual(['3', '2', '1']);
    expect(names(inOrder([few, row('0', 3, null), many], 'raw', 'higher'))).toEqual(['2', '0', '1']);
  });

  test('the lower bound puts first whom most can be said of, and where less is better the upper one does', () => {
    expect(names(inOrder(rows, 'lower bound', 'higher'))).toEqual(['2', '3', '1']);
    expect(names(inOrder(rows, 'lower bound', 'lower'))).toEqual(['2', '3', '1']);
    expect(names(inOrder(rows, 'shrunken', 'lower'))).toEqual(['2', '3', '1']);
  });

  test('the specialty shown first is one in which somebody stands out', () => {
    const specialty = (name: string, n: number) => ({
      specialty: name,
      n,
      specialists: 3,
      mean: 0.8,
      usual: 0.8,
      between: 0.1,
      limits: [],
    });
    const specialties = [specialty('cardiology', 900), specialty('neurology', 300)];
    expect(firstSpecialty({ specialties, specialists: [row('1', 20)] })).toBe('cardiology');
    expect(firstSpecialty({ specialties, specialists: [row('1', 20, { verdict: 'worse' }, { specialty: 'neurology' })] })).toBe(
      'neurology',
    );
    expect(firstSpecialty({ specialties: [], specialists: [] })).toBeUndefined();
  });
});
