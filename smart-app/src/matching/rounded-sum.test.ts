import { describe, expect, test } from 'vitest';
import { listHeading, milesText } from './card-words.ts';
import { roundedToSum } from './rounded-sum.ts';

describe('bars that add up', () => {
  test.each([[[0.333333, 0.333333, 0.333333]], [[0.105, 0.205, 0.305]], [[0.2149, 0.1549, 0.2649]], [[0, 0, 0]], [[1]]])('%j', (terms) => {
    const shown = roundedToSum(terms);
    expect(shown.terms.reduce((sum, term) => sum + term, 0)).toBeCloseTo(shown.total, 9);
    expect(Math.abs(shown.total - terms.reduce((sum, term) => sum + term, 0))).toBeLessThanOrEqual(0.005 + 1e-9);
    shown.terms.forEach((term, index) => expect(Math.abs(term - (terms[index] ?? 0))).toBeLessThan(0.01));
  });
});

describe('the words of the list', () => {
  test.each([
    [3, 41, 25, 'Best three of 41 eligible within 25 mi'],
    [2, 2, 50, 'All 2 eligible within 50 mi'],
    [1, 1, 25, 'The only one eligible within 25 mi'],
    [0, 0, 50, 'Nobody eligible within 50 mi'],
    [3, 12, null, 'Best three of 12 eligible'],
  ])('%i of %i within %s', (shown, eligible, radius, heading) => {
    expect(listHeading(shown, eligible, radius)).toBe(heading);
  });

  test('miles say how exact they are', () => {
    expect(milesText({ miles: 4.21, approximate: false })).toBe('4.2 mi');
    expect(milesText({ miles: 4.21, approximate: true })).toBe('≈ 4 mi');
    expect(milesText({ miles: 0.2, approximate: true })).toBe('≈ 1 mi');
    expect(milesText({ miles: null, approximate: true })).toBe('Distance unknown');
  });
});
