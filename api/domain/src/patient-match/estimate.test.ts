/** Weights found without labels, against what is known beforehand and against another method. */
import { describe, expect, test } from 'vitest';
import { type Agreement, FIELDS, LEVELS } from './compare.ts';
import { estimateShares, weightsOf } from './estimate.ts';

const NOTHING: Agreement = { family: null, given: null, born: null, sex: null, address: null, phone: null };
const of = <F extends keyof Agreement>(field: F, at: number): Agreement[F] => (LEVELS[field][at] ?? null) as Agreement[F];
/** By the place of the level of family, sex and phone; -1 is missing. */
const pairs = (kinds: readonly [readonly [number, number, number], number][]): Agreement[] =>
  kinds.flatMap(([[family, sex, phone], count]) =>
    Array.from({ length: count }, () => ({ ...NOTHING, family: of('family', family), sex: of('sex', sex), phone: of('phone', phone) })),
  );

describe('expectation and maximisation', () => {
  test('finds what a search for the greatest likelihood finds (scipy 1.17.1: Nelder-Mead, then BFGS, best of thirty starts)', () => {
    const { m, u, matches } = estimateShares(
      pairs([
        [[0, 0, 0], 400],
        [[0, 0, 2], 60],
        [[1, 0, 0], 30],
        [[3, 0, 2], 300],
        [[3, 1, 2], 350],
        [[0, 1, 2], 12],
        [[3, 0, 0], 8],
        [[0, 0, -1], 90],
        [[3, 1, -1], 70],
        [[1, 1, 1], 5],
        [[3, 0, 1], 6],
      ]),
      pairs([
        [[0, 0, 2], 10],
        [[3, 0, 2], 480],
        [[3, 1, 2], 500],
        [[1, 1, 2], 8],
        [[3, 0, 1], 2],
      ]),
    );
    const rounded = (shares: readonly number[]): number[] => shares.map((share) => Number(share.toFixed(4)));
    expect(matches).toBeCloseTo(0.43956, 4);
    expect(rounded(m.family)).toEqual([0.9313, 0.052, 0.0009, 0.0159]);
    expect(rounded(m.sex)).toEqual([0.9987, 0.0013]);
    expect(rounded(m.phone)).toEqual([0.8816, 0.0012, 0.1172]);
    expect(rounded(u.family)).toEqual([0.0105, 0.0085, 0.0005, 0.9805]);
  });

  test('finds the shares that pairs were made from', () => {
    const made = { m: [0.9, 0.04, 0.02, 0.04], sex: [0.97, 0.03], phone: [0.8, 0.05, 0.15], matches: 0.3 };
    const strange = { m: [0.01, 0.02, 0.01, 0.96], sex: [0.5, 0.5], phone: [0.01, 0.01, 0.98] };
    const kinds = (share: typeof strange, many: number) =>
      share.m.flatMap((family, one) =>
        share.sex.flatMap((sex, two) =>
          share.phone.map((phone, three): [[number, number, number], number] => [
            [one, two, three],
            Math.round(family * sex * phone * many),
          ]),
        ),
      );
    const strangers = pairs(kinds(strange, 100_000));
    const { m, matches } = estimateShares([...pairs(kinds(made, 30_000)), ...pairs(kinds(strange, 70_000))], strangers);
    expect(matches).toBeCloseTo(made.matches, 2);
    for (const [at, share] of made.m.entries()) expect(m.family[at]).toBeCloseTo(share, 2);
    for (const [at, share] of made.phone.entries()) expect(m.phone[at]).toBeCloseTo(share, 2);
  });

  test('weighs nothing infinitely, and nothing where nothing is told', () => {
    const bits = weightsOf(estimateShares(pairs([[[0, 0, 0], 50]]), pairs([[[3, 1, 2], 50]])));
    expect(FIELDS.every((field) => bits[field].every(Number.isFinite))).toBe(true);
    expect(bits.born).toEqual(LEVELS.born.map(() => 0));
  });
});
