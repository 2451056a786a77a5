/** The score of seed-v1 (R11–R16): three scores from 0 to 1, weighted by urgency, added up. */
import type { Policy } from './policy.ts';
import type { Urgency } from './request.ts';
import type { Factor } from './result.ts';
import type { Medians } from './specialty-medians.ts';

/** The score of a factor about which nothing at all is known: the middle, the same for every candidate. */
export const NEUTRAL_SCORE = 0.5;

export const STARS_AT_MOST = 5;

/** R11: max(0, 25 − miles) / 25, with the scale of the active circle (C14). */
export const distanceScore = (miles: number, scaleMiles: number): number => Math.max(0, scaleMiles - miles) / scaleMiles;

/** R12: max(0, 30 − days) / 30. */
export const waitScore = (days: number, scaleDays: number): number => Math.max(0, scaleDays - days) / scaleDays;

/** R13: rating / 5. */
export const ratingScore = (stars: number): number => stars / STARS_AT_MOST;

/** What the directory and the map say of a candidate; null where they say nothing. */
export type Measures = { miles: number | null; waitDays: number | null; stars: number | null };

export type ScoreRules = { policy: Policy; urgency: Urgency; scaleMiles: number; medians: Medians };

/** The wait's score, of the specialty's median where none is listed. */
export function waitScoreOrMedian(days: number | null, { policy, medians }: ScoreRules): number {
  const known = days ?? medians.waitDays;
  return known === null ? NEUTRAL_SCORE : waitScore(known, policy.waitScaleDays);
}

/** The rating's score, of the specialty's median where none is listed. */
export function ratingScoreOrMedian(stars: number | null, { medians }: ScoreRules): number {
  const known = stars ?? medians.stars;
  return known === null ? NEUTRAL_SCORE : ratingScore(known);
}

/** The three terms of the score in the order in which they are added up. */
export function factorsOf({ miles, waitDays, stars }: Measures, rules: ScoreRules): readonly [Factor, Factor, Factor] {
  const weights = rules.policy.weights[rules.urgency];
  const term = (name: Factor['name'], value: number | null, score: number): Factor => ({
    name,
    weight: weights[name],
    score,
    contribution: weights[name] * score,
    value,
    basis: value === null ? 'no-data' : 'stated',
  });
  return [
    term('distance', miles, miles === null ? NEUTRAL_SCORE : distanceScore(miles, rules.scaleMiles)),
    term('wait', waitDays, waitScoreOrMedian(waitDays, rules)),
    term('rating', stars, ratingScoreOrMedian(stars, rules)),
  ];
}

/** Added in this order everywhere: floating-point addition is not associative, and the same bytes are promised. */
export const sumOf = (distance: number, wait: number, rating: number): number => distance + wait + rating;

export const scoreOf = ([distance, wait, rating]: readonly [Factor, Factor, Factor]): number =>
  sumOf(distance.contribution, wait.contribution, rating.contribution);
