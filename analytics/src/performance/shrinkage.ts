/**
 * What is known of one specialist when the others of the specialty are known too: their own outcomes, drawn towards the specialty's mean the
 * more the fewer there are. How much specialists differ is itself not known well where there are few of them, so that it is averaged over
 * instead of being put in as one estimate: intervals of plain empirical Bayes are too short there (Morris 1983, J Am Stat Assoc 78:47; Deely,
 * Lindley 1981, J Am Stat Assoc 76:833). Averages are sums over grids, exact to the digits that are shown; nothing is drawn at random.
 */
import gammaln from '@stdlib/math-base-special-gammaln';
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import { fromLogit, logit, logOfShare } from './logit.ts';

/** What is known of one specialist, with the interval that holds it with 90 % probability. */
export type Posterior = {
  value: number;
  low: number;
  high: number;
  /** That it lies above, and below, the mean of the specialists. */
  above: number;
  below: number;
};

export type Shrunken = {
  /** In the order of what was given. */
  specialists: Posterior[];
  /** The mean over specialists, and how far they lie from it: standard deviation, on the scale of log odds or of the outcomes. */
  mean: number;
  between: number;
};

const TAIL = 0.05;

/** Standard deviation of specialists before anything is seen: a half-normal distribution of this scale. */
const BETWEEN_SCALE = 1;
const betweenPrior = (between: number, scale: number): number => Math.exp(-((between / scale) ** 2) / 2);

export type Counted = {
  count: number;
  n: number;
  /** How much higher the log odds of this specialist's patients are expected to be than those of the specialty. */
  shift: number;
};

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);
const at = (values: Float64Array, place: number): number => values[place] ?? 0;
const rangeOf = (low: number, high: number, step: number): Float64Array =>
  Float64Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, place) => low + place * step);

/** The grid of log odds on which everything is added up, fine enough for the sharpest of the likelihoods. */
function gridOf(counted: readonly Counted[]): Float64Array {
  const rough = counted.map(({ count, n, shift }) => {
    const share = (count + 0.5) / (n + 1);
    return { centre: logit(share) - shift, error: 1 / Math.sqrt((n + 1) * share * (1 - share)) };
  });
  const step = Math.max(0.004, Math.min(0.03, ...rough.map(({ error }) => error)));
  const low = Math.max(-14, Math.min(...rough.map(({ centre, error }) => centre - 8 * error)) - 1);
  const high = Math.min(14, Math.max(...rough.map(({ centre, error }) => centre + 8 * error)) + 1);
  return rangeOf(low, high, step);
}

/** One pair of what may be true of the specialty: the mean share and how concentrated specialists are about it (a + b of the beta). */
type Hyper = { mean: number; concentration: number; weight: number; between: number };

const MEANS = 21;
const BETWEENS = 24;
const MOST_BETWEEN = 1.9;
/** Standard deviations to both sides. */
const REACH = 5;

/**
 * Deviations between specialists are on the scale of log odds, where that of a beta distribution is about 1 / √((a + b + 1) m (1 - m)). They
 * lie evenly in their square roots, so that small ones are told apart more finely, down to one that the grid can still hold; the means of
 * each lie where it lets them be.
 */
function hypersOf(counted: readonly Counted[], finest: number): Hyper[] {
  const rough = counted.map(({ count, n, shift }) => {
    const share = (count + 0.5) / (n + 1);
    return { value: logit(share) - shift, variance: 1 / ((n + 1) * share * (1 - share)) };
  });
  return Array.from({ length: BETWEENS }, (_, place) => ((place + 0.5) / BETWEENS) * Math.sqrt(MOST_BETWEEN)).flatMap((root) => {
    const between = Math.max(root ** 2, finest);
    const precisions = rough.map(({ variance }) => 1 / (variance + between ** 2));
    const centre = sum(rough.map(({ value }, at) => value * (precisions[at] ?? 0))) / sum(precisions);
    const reach = REACH / Math.sqrt(sum(precisions));
    return Array.from({ length: MEANS }, (_, step) => {
      const mean = centre + reach * ((2 * step) / (MEANS - 1) - 1);
      const concentration = Math.max(1e-3, 1 / (between ** 2 * fromLogit(mean) * fromLogit(-mean)) - 1);
      return { mean, concentration, between, weight: betweenPrior(between, BETWEEN_SCALE) * root * reach };
    });
  });
}

/** The beta distribution as a density of log odds, on the grid. */
function priorOn({ mean, concentration }: Hyper, logs: Float64Array, complements: Float64Array, step: number): Float64Array {
  const [a, b] = [fromLogit(mean) * concentration, fromLogit(-mean) * concentration];
  const constant = gammaln(a + b) - gammaln(a) - gammaln(b) + Math.log(step);
  return logs.map((log, place) => Math.exp(constant + a * log + b * at(complements, place)));
}

/** The part of the grid on which a likelihood is not nothing, and its values there; the largest is 1. */
type Likelihood = { from: number; values: Float64Array };

const NOTHING = -45;

function likelihoodOn({ count, n, shift }: Counted, grid: Float64Array): Likelihood {
  const logs = grid.map((value) => count * logOfShare(value + shift) + (n - count) * logOfShare(-value - shift));
  const most = logs.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY);
  const from = logs.findIndex((log) => log - most > NOTHING);
  const to = logs.findLastIndex((log) => log - most > NOTHING);
  return { from, values: logs.slice(from, to + 1).map((log) => Math.exp(log - most)) };
}

function marginal({ from, values }: Likelihood, prior: Float64Array): number {
  let total = 0;
  for (let place = 0; place < values.length; place += 1) total += at(values, place) * at(prior, from + place);
  return total;
}

/** Where the cumulated masses reach `probability`, between two points of the grid. */
function quantileOn(grid: Float64Array, masses: Float64Array, probability: number): number {
  const step = at(grid, 1) - at(grid, 0);
  let reached = 0;
  for (let place = 0; place < grid.length; place += 1) {
    const mass = at(masses, place);
    if (reached + mass >= probability) return at(grid, place) + step * ((probability - reached) / mass - 0.5);
    reached += mass;
  }
  return at(grid, grid.length - 1);
}

/**
 * Shares of one specialty: each specialist's share comes from a beta distribution, and their count from a binomial one whose log odds are
 * moved by the case mix. Without a move the two are conjugate, and this is the beta-binomial model.
 * @returns shares as they would be with the specialty's usual case mix
 */
export function shrinkShares(counted: readonly Counted[]): Shrunken {
  const grid = gridOf(counted);
  const step = at(grid, 1) - at(grid, 0);
  const [logs, complements] = [grid.map(logOfShare), grid.map((value) => logOfShare(-value))];
  const likelihoods = counted.map((each) => likelihoodOn(each, grid));
  const hypers = hypersOf(counted, step);
  const looked = hypers.map((hyper) => {
    const prior = priorOn(hyper, logs, complements, step);
    const marginals = likelihoods.map((likelihood) => marginal(likelihood, prior));
    return { hyper, prior, marginals, log: Math.log(hyper.weight) + sum(marginals.map(Math.log)) };
  });
  const most = looked.reduce((one, { log }) => Math.max(one, log), Number.NEGATIVE_INFINITY);
  const likely = looked.map((each) => ({ ...each, weight: Math.exp(each.log - most) })).filter(({ weight }) => weight > 1e-7);
  const total = sum(likely.map(({ weight }) => weight));
  const specialists = likelihoods.map((likelihood, specialist): Posterior => {
    const own = grid.subarray(likelihood.from, likelihood.from + likelihood.values.length);
    const masses = new Float64Array(own.length);
    let below = 0;
    for (const { hyper, prior, marginals, weight } of likely) {
      const scale = weight / total / (marginals[specialist] ?? 1);
      // A point stands for a cell one step wide; the mean lies within that of `cell`.
      const position = (hyper.mean - at(own, 0)) / step + 0.5;
      const cell = Math.floor(position);
      let undercut = 0;
      for (let place = 0; place < own.length; place += 1) {
        const mass = at(prior, likelihood.from + place) * at(likelihood.values, place);
        masses[place] = at(masses, place) + scale * mass;
        if (place < cell) undercut += mass;
        else if (place === cell) undercut += mass * (position - cell);
      }
      below += scale * undercut;
    }
    return {
      value: own.reduce((expected, value, place) => expected + fromLogit(value) * at(masses, place), 0),
      low: fromLogit(quantileOn(own, masses, TAIL)),
      high: fromLogit(quantileOn(own, masses, 1 - TAIL)),
      above: 1 - below,
      below,
    };
  });
  const expectation = (of: (hyper: Hyper) => number): number => sum(likely.map(({ hyper, weight }) => (weight / total) * of(hyper)));
  return { specialists, mean: expectation(({ mean }) => fromLogit(mean)), between: expectation(({ between }) => between) };
}

export type Averaged = {
  value: number;
  /** Standard error of `value`. */
  error: number;
};

const BETWEENS_OF_TIMES = 200;
const MOST_OF_TIMES = 4;

type Component = { weight: number; value: number; variance: number; difference: number; differenceVariance: number };

/** Where the mixture of normal distributions reaches `probability`. */
function mixtureQuantile(components: readonly Component[], probability: number): number {
  const deviations = components.map(({ variance }) => Math.sqrt(variance));
  const reached = (value: number): number =>
    sum(components.map((each, place) => each.weight * normalCdf(value, each.value, deviations[place] ?? 1)));
  let low = Math.min(...components.map(({ value }, place) => value - 8 * (deviations[place] ?? 1)));
  let high = Math.max(...components.map(({ value }, place) => value + 8 * (deviations[place] ?? 1)));
  for (let halvings = 0; halvings < 60; halvings += 1) {
    const middle = (low + high) / 2;
    if (reached(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Averages of one specialty, each normal about a mean of its own, the means normal about that of the specialty (Lindley, Smith 1972, J R Stat
 * Soc B 34:1). The specialty's mean is integrated out in closed form, and the deviation between specialists over a grid.
 * @param scale of the half-normal prior of the deviation between specialists; `Infinity` for a flat one
 */
export function shrinkAverages(averaged: readonly Averaged[], scale = BETWEEN_SCALE): Shrunken {
  const widest = Math.max(...averaged.map(({ value }) => value)) - Math.min(...averaged.map(({ value }) => value));
  const most = Math.min(MOST_OF_TIMES * scale, 10 * Math.max(widest, ...averaged.map(({ error }) => error)));
  const looked = Array.from({ length: BETWEENS_OF_TIMES }, (_, place) => {
    const root = (place + 0.5) / BETWEENS_OF_TIMES;
    const between = most * root ** 2;
    const precisions = averaged.map(({ error }) => 1 / (error ** 2 + between ** 2));
    const precision = sum(precisions);
    const mean = sum(averaged.map(({ value }, at) => value * (precisions[at] ?? 0))) / precision;
    const misfit = sum(averaged.map(({ value }, at) => (value - mean) ** 2 * (precisions[at] ?? 0)));
    const log = Math.log(betweenPrior(between, scale) * root) - Math.log(precision) / 2 + sum(precisions.map(Math.log)) / 2 - misfit / 2;
    return { between, mean, variance: 1 / precision, log };
  });
  const top = Math.max(...looked.map(({ log }) => log));
  const total = sum(looked.map(({ log }) => Math.exp(log - top)));
  const weighed = looked.map((each) => ({ ...each, weight: Math.exp(each.log - top) / total })).filter(({ weight }) => weight > 1e-12);
  const specialists = averaged.map(({ value, error }): Posterior => {
    const components = weighed.map(({ between, mean, variance, weight }): Component => {
      const kept = between ** 2 / (between ** 2 + error ** 2);
      const own = kept * error ** 2;
      return {
        weight,
        value: mean + kept * (value - mean),
        variance: (1 - kept) ** 2 * variance + own,
        difference: kept * (value - mean),
        differenceVariance: kept ** 2 * variance + own,
      };
    });
    const below = sum(components.map((each) => each.weight * normalCdf(0, each.difference, Math.sqrt(each.differenceVariance))));
    return {
      value: sum(components.map((each) => each.weight * each.value)),
      low: mixtureQuantile(components, TAIL),
      high: mixtureQuantile(components, 1 - TAIL),
      above: 1 - below,
      below,
    };
  });
  const expectation = (name: 'mean' | 'between'): number => sum(weighed.map((each) => each.weight * each[name]));
  return { specialists, mean: expectation('mean'), between: expectation('between') };
}
