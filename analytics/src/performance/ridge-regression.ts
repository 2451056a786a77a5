/**
 * Regression on indicators: each observation belongs to a few levels, and its prediction is an intercept plus the effects of its levels.
 * Every effect is drawn towards zero (ridge: a normal prior of standard deviation `priorDeviation`), the intercept is not. So every level can
 * have an effect, without one of them being the reference, and there is an answer where levels separate the outcomes or stand for the same
 * observations (Hoerl, Kennard 1970, Technometrics 12:55; le Cessie, van Houwelingen 1992, Appl Stat 41:191). Since the intercept is free,
 * the residuals sum to zero.
 */
import { fromLogit, logOfShare } from './logit.ts';

export type Design = {
  /** How many effects there are. */
  width: number;
  /** Of each observation, the effects that it has. */
  levels: readonly (readonly number[])[];
};

export type Fit = {
  intercept: number;
  effects: Float64Array;
  /** Variance of a sum of effects, each multiplied by what `direction` says of it. */
  variance: (direction: ArrayLike<number>) => number;
};

const at = (values: ArrayLike<number>, index: number): number => values[index] ?? 0;

/** The lower triangle of the factor of a positive definite matrix of `size` rows, in place (Cholesky). */
function factorize(matrix: Float64Array, size: number): void {
  for (let column = 0; column < size; column += 1) {
    for (let row = column; row < size; row += 1) {
      let sum = at(matrix, row * size + column);
      for (let k = 0; k < column; k += 1) sum -= at(matrix, row * size + k) * at(matrix, column * size + k);
      matrix[row * size + column] = row === column ? Math.sqrt(sum) : sum / at(matrix, column * size + column);
    }
  }
}

/** The factor's equation alone, by forward substitution. */
function halfSolve(factor: Float64Array, size: number, right: ArrayLike<number>): Float64Array {
  const solution = new Float64Array(size);
  for (let row = 0; row < size; row += 1) {
    let sum = at(right, row);
    for (let k = 0; k < row; k += 1) sum -= at(factor, row * size + k) * at(solution, k);
    solution[row] = sum / at(factor, row * size + row);
  }
  return solution;
}

function solve(factor: Float64Array, size: number, right: ArrayLike<number>): Float64Array {
  const solution = halfSolve(factor, size, right);
  for (let row = size - 1; row >= 0; row -= 1) {
    let sum = at(solution, row);
    for (let k = row + 1; k < size; k += 1) sum -= at(factor, k * size + row) * at(solution, k);
    solution[row] = sum / at(factor, row * size + row);
  }
  return solution;
}

const fitOf = (coefficients: Float64Array, factor: Float64Array, scale: number): Fit => ({
  intercept: at(coefficients, 0),
  effects: coefficients.slice(1),
  variance: (direction) =>
    scale ** 2 * halfSolve(factor, coefficients.length, [0, ...Array.from(direction)]).reduce((sum, each) => sum + each ** 2, 0),
});

/** Place 0 is the intercept; effect k stands at k + 1. */
function scoresOf({ levels }: Design, coefficients: Float64Array): Float64Array {
  const scores = new Float64Array(levels.length).fill(at(coefficients, 0));
  levels.forEach((own, observation) => {
    for (const level of own) scores[observation] = at(scores, observation) + at(coefficients, level + 1);
  });
  return scores;
}

/** One step of Newton from `coefficients`, and the factor of the information it was made with. */
function step(
  { levels, width }: Design,
  coefficients: Float64Array,
  residuals: Float64Array,
  weights: Float64Array,
  penalty: number,
): { move: Float64Array; factor: Float64Array } {
  const size = width + 1;
  const factor = new Float64Array(size * size);
  const gradient = new Float64Array(size);
  for (let effect = 1; effect < size; effect += 1) {
    factor[effect * size + effect] = penalty;
    gradient[effect] = -penalty * at(coefficients, effect);
  }
  levels.forEach((own, observation) => {
    const [residual, weight] = [at(residuals, observation), at(weights, observation)];
    gradient[0] = at(gradient, 0) + residual;
    factor[0] = at(factor, 0) + weight;
    for (const level of own) {
      const row = level + 1;
      gradient[row] = at(gradient, row) + residual;
      factor[row * size] = at(factor, row * size) + weight;
      for (const other of own) {
        if (other <= level) factor[row * size + other + 1] = at(factor, row * size + other + 1) + weight;
      }
    }
  });
  factorize(factor, size);
  return { move: solve(factor, size, gradient), factor };
}

const MOST_STEPS = 100;
/** Of the likelihood: steps double the digits, so that the coefficients are then known to about the root of this. */
const CLOSE = 1e-12;

/**
 * Logistic regression by iteratively reweighted least squares (McCullagh, Nelder 1989), each step halved until the penalised likelihood
 * does not fall.
 * @param outcomes 0 or 1 of each observation; of both there is at least one
 * @param priorDeviation of an effect, on the scale of log odds
 */
export function fitLogistic(design: Design, outcomes: readonly number[], priorDeviation: number): Fit {
  const penalty = 1 / priorDeviation ** 2;
  const likelihood = (coefficients: Float64Array, scores: Float64Array): number => {
    const prior = coefficients.slice(1).reduce((sum, effect) => sum + effect ** 2, 0);
    return outcomes.reduce(
      (sum, outcome, observation) => {
        const score = at(scores, observation);
        return sum + logOfShare(outcome === 1 ? score : -score);
      },
      (-penalty * prior) / 2,
    );
  };
  let coefficients = new Float64Array(design.width + 1);
  let scores = scoresOf(design, coefficients);
  let reached = likelihood(coefficients, scores);
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const residuals = scores.map((score, observation) => at(outcomes, observation) - fromLogit(score));
    const weights = scores.map((score) => fromLogit(score) * fromLogit(-score));
    const { move, factor } = step(design, coefficients, residuals, weights, penalty);
    const before = reached;
    for (let share = 1; ; share /= 2) {
      const next = coefficients.map((value, place) => value + share * at(move, place));
      const there = scoresOf(design, next);
      const gained = likelihood(next, there);
      if (gained < reached && share > 1e-6) continue;
      [coefficients, scores, reached] = [next, there, gained];
      break;
    }
    if (Math.abs(reached - before) < CLOSE * (1 + Math.abs(reached))) return fitOf(coefficients, factor, 1);
  }
  throw new Error('The regression did not come to an end.');
}

/**
 * Least squares with the same penalty.
 * @param outcomes of each observation, on the scale on which effects add up
 * @param deviation of one observation around its prediction, which says how much a prior of `priorDeviation` weighs against the data
 */
export function fitLinear(design: Design, outcomes: readonly number[], priorDeviation: number, deviation: number): Fit {
  const nothing = new Float64Array(design.width + 1);
  const weights = new Float64Array(outcomes.length).fill(1);
  const { move, factor } = step(design, nothing, Float64Array.from(outcomes), weights, (deviation / priorDeviation) ** 2);
  return fitOf(move, factor, deviation);
}
