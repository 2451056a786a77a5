/** The statistics of gaps against worked examples that others published. */
import { describe, expect, test } from 'vitest';
import { conditionalP, midTails } from './conditional-test.ts';
import { callDifferent } from './false-discovery.ts';
import { twoSidedP, upperQuantile } from './normal.ts';
import { riskDifference, type Stratum } from './risk-difference.ts';

const strata = (rows: [groupTrue: number, groupFalse: number, restTrue: number, restFalse: number][]): Stratum[] =>
  rows.map(([groupTrue, groupFalse, restTrue, restFalse]) => ({
    groupTrue,
    group: groupTrue + groupFalse,
    restTrue,
    rest: restTrue + restFalse,
  }));

// Agresti 2013, Categorical Data Analysis, 3rd edition, page 226: a drug and a control at eight centres.
const CENTRES = strata([
  [11, 25, 10, 27],
  [16, 4, 22, 10],
  [14, 5, 7, 12],
  [2, 14, 1, 16],
  [6, 11, 0, 12],
  [1, 10, 0, 10],
  [1, 4, 1, 8],
  [4, 2, 6, 1],
]);

// Agresti 1990, Categorical Data Analysis, page 231: penicillin at once or after 1.5 hours, five doses.
const RABBITS = strata([
  [0, 6, 0, 5],
  [3, 3, 0, 6],
  [6, 0, 2, 4],
  [5, 1, 6, 0],
  [2, 0, 5, 0],
]);

// OpenEpi, Two by Two Table, its own printed example of two strata.
const TWO_STRATA = strata([
  [66, 28, 36, 32],
  [139, 61, 93, 54],
]);

describe('the Mantel–Haenszel risk difference', () => {
  test('of the eight centres is 0.130 with the standard error 0.050, as Agresti prints them on page 231', () => {
    const found = riskDifference(CENTRES);
    expect([found?.value.toFixed(3), found?.standardError.toFixed(3)]).toEqual(['0.130', '0.050']);
    // To four digits as the R package cardx prints the interval of the same table: 0.0313 to 0.2284.
    const half = 1.959963984540054 * (found?.standardError ?? 0);
    expect([((found?.value ?? 0) - half).toFixed(4), ((found?.value ?? 0) + half).toFixed(4)]).toEqual(['0.0313', '0.2284']);
  });

  // Rothman, Greenland, Lash 2008, Modern Epidemiology, page 275; with more digits in the tests of ClinicalTrialUtilities, after metafor.
  test('of two age groups is 0.0349, 90 % interval −0.0176 to 0.0874', () => {
    const found = riskDifference(
      strata([
        [8, 98, 5, 115],
        [22, 76, 16, 69],
      ]),
    );
    const half = upperQuantile(0.05) * (found?.standardError ?? 0);
    expect([found?.value.toFixed(4), ((found?.value ?? 0) - half).toFixed(4), ((found?.value ?? 0) + half).toFixed(4)]).toEqual([
      '0.0349',
      '-0.0176',
      '0.0874',
    ]);
  });

  test('does not look at strata with nobody on one side, and says nothing where there is no other', () => {
    const alone: Stratum = { groupTrue: 5, group: 9, restTrue: 0, rest: 0 };
    expect(riskDifference([...CENTRES, alone])).toEqual(riskDifference(CENTRES));
    expect(riskDifference([alone])).toBeNull();
  });

  test('is free of a difference that the kinds of referral make alone', () => {
    // Within each stratum alike, and most of the group in the stratum in which it is seldom true.
    const found = riskDifference(
      strata([
        [10, 90, 100, 900],
        [90, 10, 9, 1],
      ]),
    );
    expect(found?.value).toBeCloseTo(0, 12);
  });
});

describe('the conditional test', () => {
  test('of the rabbits: the whole tail is 0.020 as R prints it, and the mid-p value has half of what was seen', () => {
    const observed = RABBITS.reduce((sum, { groupTrue }) => sum + groupTrue, 0);
    const whole = massOf(RABBITS);
    const tail = [...whole].filter(([k]) => k >= observed).reduce((sum, [, mass]) => sum + mass, 0);
    expect(tail.toFixed(3)).toBe('0.020');
    const { below, above } = midTails(RABBITS);
    expect(above).toBeCloseTo(tail - (whole.get(observed) ?? 0) / 2, 12);
    expect(below + above).toBeCloseTo(1, 12);
  });

  test('of two strata is 0.0232 two-sided, tails 0.9884 and 0.0116, as OpenEpi prints them', () => {
    const { below, above } = midTails(TWO_STRATA);
    expect([below.toFixed(4), above.toFixed(5)]).toEqual(['0.9884', '0.01158']);
    expect(conditionalP(TWO_STRATA).toFixed(5)).toBe('0.02316');
  });

  test('goes over into the normal distribution where there are many', () => {
    const many = TWO_STRATA.map(({ groupTrue, group, restTrue, rest }) => ({
      groupTrue: groupTrue * 6,
      group: group * 6,
      restTrue: restTrue * 6 + 40,
      rest: rest * 6,
    }));
    const more = many.map((each) => ({
      ...each,
      group: each.group * 2,
      groupTrue: each.groupTrue * 2,
      rest: each.rest * 2,
      restTrue: each.restTrue * 2,
    }));
    const { below, above } = midTails(more);
    const exact = 2 * Math.min(below, above);
    expect(conditionalP(more) / exact).toBeGreaterThan(0.95);
    expect(conditionalP(more) / exact).toBeLessThan(1.05);
    expect(exact).toBeGreaterThan(1e-6);
    expect(exact).toBeLessThan(0.9);
  });
});

/** By counting every way in which the margins can come about. */
function massOf(tables: readonly Stratum[]): Map<number, number> {
  const choose = (n: number, k: number): number => (k < 0 || k > n ? 0 : k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
  let mass = new Map([[0, 1]]);
  for (const { groupTrue, group, restTrue, rest } of tables) {
    const next = new Map<number, number>();
    const trueOnes = groupTrue + restTrue;
    for (const [sum, before] of mass) {
      for (let k = 0; k <= Math.min(group, trueOnes); k += 1) {
        const here = (choose(group, k) * choose(rest, trueOnes - k)) / choose(group + rest, trueOnes);
        next.set(sum + k, (next.get(sum + k) ?? 0) + before * here);
      }
    }
    mass = next;
  }
  return mass;
}

describe('many comparisons', () => {
  // Benjamini and Hochberg 1995, section 4: thrombolysis in myocardial infarction, 15 comparisons.
  const P = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1];

  test('of the fifteen of Benjamini and Hochberg the first four are called, and the intervals go by 4 × 0.05 / 15', () => {
    const { called, intervalAlpha } = callDifferent(P, 0.05);
    expect(called.map((each, at) => (each ? at + 1 : 0)).filter(Boolean)).toEqual([1, 2, 3, 4]);
    expect(intervalAlpha).toBeCloseTo(0.2 / 15, 12);
  });

  test('in another order the same are called; of none nothing is', () => {
    expect(callDifferent(P.toReversed(), 0.05).called.toReversed()).toEqual(callDifferent(P, 0.05).called);
    expect(callDifferent([0.2, 0.9], 0.05)).toEqual({ called: [false, false], intervalAlpha: 0.025 });
    expect(callDifferent([], 0.05)).toEqual({ called: [], intervalAlpha: 0.05 });
  });
});

describe('the normal distribution', () => {
  test.each([0.3, 1, 1.96, 2.4, 2.6, 3, 4])('beyond %d lies what the integral of its density says', (z) => {
    // Simpson's rule on the density itself.
    const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
    const [steps, end] = [4000, 12];
    const width = (end - z) / steps;
    let sum = density(z) + density(end);
    for (let at = 1; at < steps; at += 1) sum += (at % 2 === 1 ? 4 : 2) * density(z + at * width);
    expect(twoSidedP(z) / 2 / ((sum * width) / 3)).toBeCloseTo(1, 9);
  });

  test('the quantile is the way back', () => {
    expect(upperQuantile(0.025)).toBeCloseTo(1.959963984540054, 12);
    for (const p of [0.4, 0.1, 1e-3, 1e-6, 1e-12]) expect(twoSidedP(upperQuantile(p)) / 2 / p).toBeCloseTo(1, 4);
  });
});
