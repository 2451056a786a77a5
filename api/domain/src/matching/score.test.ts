import { describe, expect, test } from 'vitest';
import { distanceScale } from './circles.ts';
import { SEED_V1 } from './policies.ts';
import { distanceScore, factorsOf, type Measures, ratingScore, type ScoreRules, scoreOf, waitScore } from './score.ts';

describe('seed-v1 to the letter', () => {
  test.each([
    [0, 1],
    [12.5, 0.5],
    [25, 0],
    [40, 0],
  ])('R11: %d miles', (miles, expected) => expect(distanceScore(miles, SEED_V1.distanceScaleMiles)).toBe(expected));

  test.each([
    [0, 1],
    [15, 0.5],
    [30, 0],
    [60, 0],
  ])('R12: %d days', (days, expected) => expect(waitScore(days, SEED_V1.waitScaleDays)).toBe(expected));

  test.each([
    [0, 0],
    [1, 0.2],
    [2.5, 0.5],
    [4, 0.8],
    [5, 1],
  ])('R13: %d stars', (stars, expected) => expect(ratingScore(stars)).toBe(expected));

  // Worked by hand: distance 10 mi → 0.6, wait 6 d → 0.8, rating 4.5 → 0.9.
  test.each([
    ['emergency', 0.3 * 0.6 + 0.6 * 0.8 + 0.1 * 0.9, 0.75],
    ['urgent', 0.3 * 0.6 + 0.4 * 0.8 + 0.3 * 0.9, 0.77],
    ['routine', 0.3 * 0.6 + 0.3 * 0.8 + 0.4 * 0.9, 0.78],
  ] as const)('R14–R16: %s', (urgency, exactly, byHand) => {
    const rules: ScoreRules = { policy: SEED_V1, urgency, scaleMiles: 25, medians: { waitDays: null, stars: null } };
    const score = scoreOf(factorsOf({ miles: 10, waitDays: 6, stars: 4.5 }, rules));
    expect(score).toBe(exactly);
    expect(score).toBeCloseTo(byHand, 12);
  });
});

test('C14: a wider circle is its own scale, and the first 25 miles keep the seed’s', () => {
  expect([10, 25, 35, 50, null].map((radius) => distanceScale(radius, SEED_V1))).toEqual([25, 25, 35, 50, 25]);
  expect(distanceScore(30, distanceScale(50, SEED_V1))).toBe(0.4);
});

test('R21: what is not stated is scored as the middle and labelled, never as 0', () => {
  const rules: ScoreRules = { policy: SEED_V1, urgency: 'routine', scaleMiles: 25, medians: { waitDays: 12, stars: 4 } };
  const silent: Measures = { miles: null, waitDays: null, stars: null };
  expect(factorsOf(silent, rules).map(({ score, value, basis }) => ({ score, value, basis }))).toEqual([
    { score: 0.5, value: null, basis: 'no-data' },
    { score: 0.6, value: null, basis: 'no-data' },
    { score: 0.8, value: null, basis: 'no-data' },
  ]);
  const nothingKnown: ScoreRules = { ...rules, medians: { waitDays: null, stars: null } };
  expect(factorsOf(silent, nothingKnown).map(({ score }) => score)).toEqual([0.5, 0.5, 0.5]);
});
