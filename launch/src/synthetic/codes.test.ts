import type { Coding } from '@medplum/fhirtypes';
import { SPECIALTIES } from '@refloop/domain/clinical/specialty';
import { describe, expect, it } from 'vitest';
import { type CodeSystem, checkedCode, checkedCodes, systemUris } from './codes.ts';
import { analyteOf, panels } from './laboratory.ts';
import { nameOf, resources } from './test-charts.ts';

const systems = Object.keys(systemUris) as CodeSystem[];

function* codingsOf(value: unknown): Generator<Coding> {
  if (Array.isArray(value)) for (const item of value) yield* codingsOf(item);
  else if (typeof value === 'object' && value !== null) {
    const { system, code } = value as Coding;
    if (typeof system === 'string' && typeof code === 'string') yield value as Coding;
    for (const member of Object.values(value)) yield* codingsOf(member);
  }
}

const fromDomain = new Map(
  SPECIALTIES.flatMap(({ referral, consultNote }) => [referral, consultNote].map(({ code, display }) => [code, display] as const)),
);

describe('every clinical code of the charts', () => {
  it.each(systems)('of %s stands in its table under the display used', (system) => {
    let seen = 0;
    for (const resource of resources) {
      for (const { system: uri, code = '', display } of codingsOf(resource)) {
        if (uri !== systemUris[system]) continue;
        seen += 1;
        const expected = checkedCodes(system).get(code)?.display ?? fromDomain.get(code);
        if (expected === undefined || expected !== display)
          throw new Error(`${nameOf(resource)}: ${system} ${code} "${display}" is not in the table.`);
      }
    }
    expect(seen).toBeGreaterThan(50);
  });

  it('is of a code system that may be shipped: no CPT', () => {
    const uris = new Set(resources.flatMap((resource) => [...codingsOf(resource)].map(({ system }) => system ?? '')));
    expect([...uris].filter((uri) => /cpt|ama-assn/i.test(uri))).toEqual([]);
  });
});

describe('the tables', () => {
  it.each(systems)('%s names display and source of every code, each once', (system) => {
    const codes = checkedCodes(system);
    expect(codes.size).toBeGreaterThan(10);
    for (const { display, source } of codes.values()) expect(display.length > 0 && source.length > 0).toBe(true);
  });

  it('hold only LOINC codes with the right check digit', () => {
    const checkDigit = (digits: string): number => {
      const sum = digits
        .split('')
        .reverse()
        .reduce((total, digit, place) => {
          const doubled = Number(digit) * (place % 2 === 0 ? 2 : 1);
          return total + (doubled > 9 ? doubled - 9 : doubled);
        }, 0);
      return (10 - (sum % 10)) % 10;
    };
    for (const code of checkedCodes('loinc').keys()) {
      // Part codes (LP…) are numbered by another rule.
      if (code.startsWith('LP')) continue;
      const [, digits = '', check = ''] = /^(\d+)-(\d)$/.exec(code) ?? [];
      expect([code, checkDigit(digits)]).toEqual([code, Number(check)]);
    }
  });

  it('hold only SNOMED CT identifiers with the right check digit (Verhoeff)', () => {
    const d = [
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
      [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
      [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
      [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
      [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
      [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
      [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
      [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
      [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
    ];
    const first = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    const permute = (digit: number, times: number): number => (times === 0 ? digit : permute(first[digit] ?? 0, times - 1));
    for (const code of checkedCodes('snomed').keys()) {
      const rest = code
        .split('')
        .reverse()
        .reduce((state, digit, place) => d[state]?.[permute(Number(digit), place % 8)] ?? -1, 0);
      expect([code, rest]).toEqual([code, 0]);
    }
  });

  it('give every measured analyte a unit', () => {
    for (const loinc of Object.values(panels).flat()) {
      const unit = checkedCode('loinc', loinc).unit;
      if (!['5794-3', '5799-2', '5802-4'].includes(loinc)) expect([loinc, unit]).toEqual([loinc, expect.stringMatching(/./)]);
    }
    expect(() => analyteOf('0-0')).toThrow(/laboratory\.ts has no analyte/);
  });

  it('refuse a code that is not in them', () => {
    expect(() => checkedCode('icd10cm', 'Z99.999')).toThrow(/look it up/);
  });
});
