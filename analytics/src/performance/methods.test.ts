/** Each statistical method against figures that others published, or against the same figure reached another way. */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { describe, expect, test } from 'vitest';
import { wilson } from '../statistics/wilson.ts';
import { binomialScore, funnelLimit } from './binomial.ts';
import { adjustedForDiscovery } from './false-discovery.ts';
import { fromLogit, logit } from './logit.ts';
import { overDispersion, usualShift, winsorised } from './over-dispersion.ts';
import { type Fit, fitLinear, fitLogistic } from './ridge-regression.ts';
import { shrinkAverages, shrinkShares } from './shrinkage.ts';

const numbers = (text: string): number[] => text.split(' ').map(Number);
const rounded = (digits: number) => (value: number) => Number(value.toFixed(digits));

describe('logistic regression', () => {
  // Bickel and others 1975, Science 187:398: admissions to Berkeley by department, men and women: admitted, rejected.
  const ADMISSIONS = [
    [512, 313, 89, 19],
    [353, 207, 17, 8],
    [120, 205, 202, 391],
    [138, 279, 131, 244],
    [53, 138, 94, 299],
    [22, 351, 24, 317],
  ];
  const cells = ADMISSIONS.flatMap((counts, department) =>
    counts.flatMap((count, at) => Array.from({ length: count }, () => ({ levels: [department, at < 2 ? 6 : 7], outcome: 1 - (at % 2) }))),
  );
  const design = { width: 8, levels: cells.map(({ levels }) => levels) };
  const outcomes = cells.map(({ outcome }) => outcome);
  const difference = (one: number, other: number) => Array.from({ length: 8 }, (_, at) => Number(at === one) - Number(at === other));
  const effect = ({ effects }: Fit, one: number, other: number): number => (effects[one] ?? 0) - (effects[other] ?? 0);

  test('without a prior to speak of it is what glm of R prints of the admissions to Berkeley', () => {
    const fit = fitLogistic(design, outcomes, 100);
    expect([1, 2, 3, 4, 5].map((department) => effect(fit, department, 0)).map(rounded(4))).toEqual([
      -0.0434, -1.2626, -1.2946, -1.7393, -3.3065,
    ]);
    expect([effect(fit, 7, 6), Math.sqrt(fit.variance(difference(7, 6)))].map(rounded(4))).toEqual([0.0999, 0.0808]);
    expect(Math.sqrt(fit.variance(difference(5, 0)))).toBeCloseTo(0.16998, 4);
  });

  test('where a level tells all outcomes apart the prior gives an answer, and the residuals still sum to zero', () => {
    const separated = { width: 2, levels: Array.from({ length: 60 }, (_, at) => [at < 30 ? 0 : 1]) };
    const given = separated.levels.map(([level]) => level ?? 0);
    const { intercept, effects } = fitLogistic(separated, given, 2.5);
    const shares = [0, 1].map((level) => fromLogit(intercept + (effects[level] ?? 0)));
    expect(shares[0]).toBeGreaterThan(0);
    expect(shares[0]).toBeLessThan(0.05);
    expect(30 * ((shares[0] ?? 0) + (shares[1] ?? 0))).toBeCloseTo(30, 6);
  });

  test('least squares without a prior to speak of gives the means of the levels', () => {
    const levels = [0, 0, 1, 1, 1].map((level) => [level]);
    const fit = fitLinear({ width: 2, levels }, [1, 3, 4, 5, 9], 1000, 2);
    expect([fit.intercept + (fit.effects[0] ?? 0), fit.intercept + (fit.effects[1] ?? 0)].map(rounded(3))).toEqual([2, 6]);
    // Two means of independent observations: 4 / 2 + 4 / 3.
    expect(fit.variance([1, -1])).toBeCloseTo(4 / 2 + 4 / 3, 3);
  });
});

describe('false discoveries', () => {
  // Benjamini, Hochberg 1995, section 3.2: fifteen tests of thrombolysis in myocardial infarction; at 0.05 the four smallest are rejected.
  const P = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1];

  test('the example of Benjamini and Hochberg rejects four', () => {
    expect(adjustedForDiscovery(P).map((p) => p <= 0.05)).toEqual(P.map((_, at) => at < 4));
  });

  test('the order in which they are given does not matter', () => {
    const turned = adjustedForDiscovery(P.toReversed()).toReversed();
    expect(turned).toEqual(adjustedForDiscovery(P));
  });
});

describe('the binomial distribution', () => {
  const chance = (x: number, n: number, p: number): number =>
    Array.from({ length: x }, (_, at) => (n - at) / (at + 1)).reduce((product, factor) => product * factor, 1) *
    p ** x *
    (1 - p) ** (n - x);

  // Newcombe 1998, Stat Med 17:857, table I, method 3.
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('Wilson’s interval of %d of %d', (x, n, low, high) => {
    const interval = wilson(x, n);
    expect([interval.low, interval.high].map(rounded(4))).toEqual([low, high]);
  });

  // By adding up every outcome: no table of interpolated limits was found to compare with.
  test.each([
    [12, 0.3],
    [25, 0.72],
    [40, 0.9],
  ])('of %d with %d, limits and scores are those of all outcomes added up', (n, p) => {
    const all = Array.from({ length: n + 1 }, (_, x) => chance(x, n, p));
    const upTo = (x: number): number => all.slice(0, x + 1).reduce((sum, each) => sum + each, 0);
    for (const probability of [0.001, 0.025, 0.975, 0.999]) {
      const r = all.findIndex((_, x) => upTo(x) >= probability);
      const limit = (r - (upTo(r) - probability) / (all[r] ?? 1)) / n;
      expect(funnelLimit(probability, n, p)).toBeCloseTo(Math.max(0, Math.min(1, limit)), 10);
    }
    for (const x of [0, Math.round(n * p) - 2, n]) {
      const middle = upTo(x) - (all[x] ?? 0) / 2;
      // The normal distribution by Simpson's rule.
      const score = binomialScore(x, n, p);
      const steps = 2000;
      const [low, wide] = [-12, score + 12];
      const density = (at: number): number => Math.exp(-(at ** 2) / 2) / Math.sqrt(2 * Math.PI);
      const area = Array.from({ length: steps + 1 }, (_, at) => {
        const weight = at === 0 || at === steps ? 1 : at % 2 === 1 ? 4 : 2;
        return (weight * density(low + (wide * at) / steps) * wide) / (3 * steps);
      }).reduce((sum, each) => sum + each, 0);
      expect(area).toBeCloseTo(middle, 8);
    }
  });
});

describe('shares drawn together', () => {
  // Tarone 1982; Gelman and others, Bayesian Data Analysis, table 5.1: tumours of 71 groups of rats, the last one the current group.
  const TUMOURS = numbers(
    '0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 1 1 1 1 1 1 1 2 2 2 2 2 2 2 2 2 1 5 2 5 3 2 7 7 3 3 2 9 10 4 4 4 4 4 4 4 10 4 4 4 5 11 12 ' +
      '5 5 6 5 6 6 6 6 16 15 15 9 4',
  );
  const RATS = numbers(
    '20 20 20 20 20 20 20 19 19 19 19 18 18 17 20 20 20 20 19 19 18 18 25 24 23 20 20 20 20 20 20 10 49 19 46 27 17 49 47 20 ' +
      '20 13 48 50 20 20 20 20 20 20 20 48 19 19 19 22 46 49 20 20 23 19 22 20 20 20 52 46 47 24 14',
  );
  const groups = TUMOURS.map((count, at) => ({ count, n: RATS[at] ?? 0, shift: 0 }));
  const { specialists, mean, between } = shrinkShares(groups);

  test('of 71 groups of rats the distribution between groups is the published one', () => {
    // Maximum likelihood of the first 70, as the vignette of BayesGOF has it: alpha 2.305, beta 14.080.
    const [alpha, beta] = [2.304768, 14.079707];
    expect(mean).toBeCloseTo(alpha / (alpha + beta), 2);
    const share = alpha / (alpha + beta);
    expect(between).toBeCloseTo(1 / Math.sqrt((alpha + beta + 1) * share * (1 - share)), 1);
  });

  test('each group lies near where that distribution draws it', () => {
    const [alpha, beta] = [2.304768, 14.079707];
    groups.forEach(({ count, n }, at) => {
      expect(Math.abs((specialists[at]?.value ?? 0) - (count + alpha) / (n + alpha + beta))).toBeLessThan(0.01);
    });
  });

  test('means and intervals are those of a sum over another grid', () => {
    // Of alpha and beta themselves, with the conjugate posterior of each and no grid of shares at all; the same prior.
    const few = [
      { count: 3, n: 12, shift: 0 },
      { count: 20, n: 40, shift: 0 },
      { count: 9, n: 30, shift: 0 },
      { count: 31, n: 50, shift: 0 },
    ];
    const logGamma = (value: number): number =>
      value < 8
        ? logGamma(value + 1) - Math.log(value)
        : (value - 0.5) * Math.log(value) -
          value +
          Math.log(2 * Math.PI) / 2 +
          1 / (12 * value) -
          1 / (360 * value ** 3) +
          1 / (1260 * value ** 5);
    const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b);
    const points = Array.from({ length: 120 }, (_, i) => -4 + (i * 8) / 120).flatMap((level) =>
      Array.from({ length: 120 }, (_, j) => {
        const spread = ((j + 0.5) * 1.9) / 120;
        const m = fromLogit(level);
        const concentration = 1 / (spread ** 2 * m * (1 - m)) - 1;
        const [a, b] = [m * concentration, (1 - m) * concentration];
        const log = few.reduce((sum, { count, n }) => sum + logBeta(a + count, b + n - count) - logBeta(a, b), -(spread ** 2) / 2);
        return { a, b, log };
      }),
    );
    const most = Math.max(...points.map(({ log }) => log));
    const total = points.reduce((sum, { log }) => sum + Math.exp(log - most), 0);
    const found = shrinkShares(few);
    few.forEach(({ count, n }, at) => {
      const value = points.reduce((sum, { a, b, log }) => sum + (Math.exp(log - most) * (a + count)) / (a + b + n), 0) / total;
      expect(found.specialists[at]?.value).toBeCloseTo(value, 3);
    });
  });

  test('a case mix that is harder moves the share up by as much', () => {
    const even = { count: 40, n: 100, shift: 0 };
    const harder = { ...even, shift: logit(0.4) - logit(0.6) };
    const [, moved] = shrinkShares([{ count: 6000, n: 10000, shift: 0 }, harder, { count: 6000, n: 10000, shift: 0 }]).specialists;
    expect(moved?.value).toBeCloseTo(0.6, 2);
    const [, plain] = shrinkShares([{ count: 6000, n: 10000, shift: 0 }, even, { count: 6000, n: 10000, shift: 0 }]).specialists;
    expect(plain?.value).toBeLessThan(0.55);
  });
});

describe('averages drawn together', () => {
  // Rubin 1981; Gelman and others, Bayesian Data Analysis, section 5.5: coaching in eight schools.
  const SCHOOLS = [28, 8, -3, 7, -1, 1, 18, 12].map((value, at) => ({ value, error: [15, 10, 16, 11, 9, 11, 10, 18][at] ?? 0 }));

  test('with a prior that lets nothing lie apart, all eight schools have the published pooled mean', () => {
    const { specialists, mean } = shrinkAverages(SCHOOLS, 0.01);
    expect(mean).toBeCloseTo(7.7, 1);
    for (const { value } of specialists) expect(value).toBeCloseTo(7.7, 1);
  });

  test('with a flat prior, each is what adding up over both unknowns gives', () => {
    const points = Array.from({ length: 160 }, (_, i) => -40 + (i * 100) / 160).flatMap((mean) =>
      Array.from({ length: 160 }, (_, j) => {
        const between = ((j + 0.5) * 150) / 160;
        const log = SCHOOLS.reduce((sum, { value, error }) => {
          const variance = error ** 2 + between ** 2;
          return sum - Math.log(variance) / 2 - (value - mean) ** 2 / (2 * variance);
        }, 0);
        return { mean, between, weight: Math.exp(log + 30) };
      }),
    );
    const total = points.reduce((sum, { weight }) => sum + weight, 0);
    const found = shrinkAverages(SCHOOLS, Number.POSITIVE_INFINITY);
    SCHOOLS.forEach(({ value, error }, at) => {
      const expected = points.reduce((sum, { mean, between, weight }) => {
        const kept = between ** 2 / (between ** 2 + error ** 2);
        return sum + weight * (mean + kept * (value - mean));
      }, 0);
      expect(Math.abs((found.specialists[at]?.value ?? 0) - expected / total)).toBeLessThan(0.05);
    });
  });
});

describe('what is usual', () => {
  test('the outermost tenth at each end is drawn in', () => {
    expect(winsorised([5, -9, 0, 1, 2, 3, -1, -2, -3, 30])).toEqual([5, -3, 0, 1, 2, 3, -1, -2, -3, 5]);
  });

  test('normal scores have no over-dispersion, and scores that are twice as wide four times the variance', () => {
    const normal = Array.from({ length: 2000 }, (_, at) => normalQuantile((at + 0.5) / 2000, 0, 1));
    expect(overDispersion(normal, 0)).toBeLessThan(1.01);
    expect(
      overDispersion(
        normal.map((score) => 2 * score),
        0,
      ),
    ).toBeCloseTo(4, 1);
  });

  test('a third that lies far out hardly moves the middle', () => {
    const at = [-10, -11, -9, -0.5, 0, 0.5, -1, 1, 0.2, -0.2];
    const shift = usualShift(
      (by) => at.map((each) => each - by),
      at.map(() => 1),
      20,
    );
    expect(Math.abs(shift)).toBeLessThan(0.8);
    expect(at.reduce((sum, each) => sum + each, 0) / at.length).toBeLessThan(-2.9);
  });
});
