/** The attempts of one specialty as one reading of each of its specialists: what was observed, expected, and how it scores. */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import studentQuantile from '@stdlib/stats-base-dists-t-quantile';
import { wilson } from '../statistics/wilson.ts';
import { binomialScore, funnelLimit } from './binomial.ts';
import { expectedShares, expectedTimes, type MixedAttempt, mean } from './case-mix.ts';
import { fromLogit, logit } from './logit.ts';
import type { Estimate, PerformanceUnit } from './performance-result.ts';
import { type Shrunken, shrinkAverages, shrinkShares } from './shrinkage.ts';

export type Reading = {
  specialist: string;
  n: number;
  /** What n weighs once it is known how uncertain its case mix leaves what is expected: at most n. */
  effective: number;
  observed: number;
  expected: number;
  raw: Estimate;
  ratio: Estimate;
  adjusted: number;
  /** In standard deviations, were the specialty's level moved by `shift` (log odds, log days). */
  score: (shift: number) => number;
  /** One over the standard deviation, on the scale of shifts. */
  weight: number;
};

export type SpecialtyReading = {
  readings: Reading[];
  /** Over all attempts, on the scale that is shown. */
  mean: number;
  /** What `mean` becomes when it is moved. */
  moved: (shift: number) => number;
  /** No shift is larger. */
  within: number;
  /** The posterior of each, in the order of the readings, on the scale that is shown. */
  shrunken: () => Shrunken;
  /** The value that chance undercuts with this probability, of so many attempts. */
  limit: (probability: number, n: number, shift: number, overDispersion: number) => number;
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The attempts by specialist, in an order that does not depend on theirs; each with what is expected of it. */
function bySpecialist(
  attempts: readonly MixedAttempt[],
  expected: readonly number[],
): { specialist: string; outcomes: number[]; expected: number[] }[] {
  const groups = new Map<string, { outcomes: number[]; expected: number[] }>();
  attempts.forEach(({ specialist, outcome }, at) => {
    const group = groups.get(specialist) ?? { outcomes: [], expected: [] };
    group.outcomes.push(outcome);
    group.expected.push(expected[at] ?? 0);
    groups.set(specialist, group);
  });
  return [...groups]
    .map(([specialist, group]) => ({ specialist, ...group }))
    .sort((one, other) => (one.specialist < other.specialist ? -1 : 1));
}

/** A share that has log odds, also where all or none of `n` were counted. */
const inside = (share: number, n: number): number => Math.max(0.5 / (n + 1), Math.min(1 - 0.5 / (n + 1), share));

function readShares(attempts: readonly MixedAttempt[]): SpecialtyReading {
  const { expected, inflation } = expectedShares(attempts);
  const total = attempts.length;
  const share = mean(attempts.map(({ outcome }) => outcome));
  const level = logit(inside(share, total));
  const groups = bySpecialist(attempts, expected).map(({ specialist, outcomes, expected: shares }) => {
    const [n, count, anticipated] = [outcomes.length, sum(outcomes), sum(shares)];
    const inflated = inflation.get(specialist) ?? 1;
    return { specialist, n, count, anticipated, inflated, expectedLogit: logit(inside(anticipated / n, total)) };
  });
  const readings = groups.map(({ specialist, n, count, anticipated, inflated, expectedLogit }): Reading => {
    const raw = wilson(count, n);
    const over = (value: number): number => (anticipated > 0 ? (value * n) / anticipated : 1);
    const of = fromLogit(expectedLogit);
    return {
      specialist,
      n,
      observed: count,
      expected: anticipated,
      raw,
      ratio: { value: over(raw.value), low: over(raw.low), high: over(raw.high) },
      // All and none stay all and none.
      adjusted: count === 0 || count === n ? raw.value : fromLogit(logit(raw.value) - expectedLogit + level),
      score: (shift) => binomialScore(count, n, fromLogit(expectedLogit + shift)) / Math.sqrt(inflated),
      weight: Math.sqrt((n * of * (1 - of)) / inflated),
      effective: n / inflated,
    };
  });
  return {
    readings,
    mean: share,
    moved: (shift) => fromLogit(level + shift),
    within: 10,
    shrunken: () =>
      shrinkShares(
        groups.map(({ count, n, inflated, expectedLogit }) => ({ count: count / inflated, n: n / inflated, shift: expectedLogit - level })),
      ),
    limit: (probability, n, shift, overDispersion) => {
      const usual = fromLogit(level + shift);
      const wide = usual + (funnelLimit(probability, n, usual) - usual) * Math.sqrt(overDispersion);
      return Math.max(0, Math.min(1, wide));
    },
  };
}

const TWO_SIDED_95 = 0.975;
/** Where all times are the same. */
const LEAST_DEVIATION = 1e-6;

const logDays = (days: number): number => Math.log1p(days);
const daysOf = (value: number): number => Math.expm1(value);

function studentInterval(values: readonly number[], middle: number): { low: number; high: number } {
  const free = values.length - 1;
  const deviation = Math.sqrt(sum(values.map((value) => (value - middle) ** 2)) / free);
  const half = (studentQuantile(TWO_SIDED_95, free) * deviation) / Math.sqrt(values.length);
  return { low: middle - half, high: middle + half };
}

function readTimes(days: readonly MixedAttempt[]): SpecialtyReading {
  const attempts = days.map((attempt) => ({ ...attempt, outcome: logDays(attempt.outcome) }));
  const { expected, inflation, deviation: found } = expectedTimes(attempts);
  const deviation = Math.max(found, LEAST_DEVIATION);
  const level = mean(attempts.map(({ outcome }) => outcome));
  const readings = bySpecialist(attempts, expected).map(
    ({ specialist, outcomes, expected: anticipated }): Reading & { error: number; residual: number } => {
      const n = outcomes.length;
      const [own, usual] = [mean(outcomes), mean(anticipated)];
      const interval = n > 1 ? studentInterval(outcomes, own) : { low: own, high: own };
      const over = (value: number): number => (usual > 0 ? daysOf(value) / daysOf(usual) : 1);
      const effective = n / (inflation.get(specialist) ?? 1);
      const [error, residual] = [deviation / Math.sqrt(effective), own - usual];
      return {
        specialist,
        n,
        observed: daysOf(own),
        expected: daysOf(usual),
        raw: { value: daysOf(own), low: Math.max(0, daysOf(interval.low)), high: daysOf(interval.high) },
        ratio: { value: over(own), low: Math.max(0, over(interval.low)), high: over(interval.high) },
        adjusted: Math.max(0, daysOf(level + residual)),
        score: (shift) => (residual - shift) / error,
        weight: 1 / error,
        effective,
        error,
        residual,
      };
    },
  );
  const shown = (value: number): number => Math.max(0, daysOf(level + value));
  return {
    readings,
    mean: daysOf(level),
    moved: shown,
    within: 10,
    shrunken: () => {
      const { specialists, mean: middle, between } = shrinkAverages(readings.map(({ residual, error }) => ({ value: residual, error })));
      return {
        mean: shown(middle),
        between,
        specialists: specialists.map((each) => ({ ...each, value: shown(each.value), low: shown(each.low), high: shown(each.high) })),
      };
    },
    limit: (probability, n, shift, overDispersion) =>
      shown(shift + normalQuantile(probability, 0, 1) * deviation * Math.sqrt(overDispersion / n)),
  };
}

/** @param attempts of one specialty; their outcomes are 0 or 1 of a share, days of a time. At least three. */
export const readSpecialty = (unit: PerformanceUnit, attempts: readonly MixedAttempt[]): SpecialtyReading =>
  unit === 'share' ? readShares(attempts) : readTimes(attempts);
