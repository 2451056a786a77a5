/**
 * What would be expected of a specialist who is like the specialty, with the patients who were sent to them: indirect standardisation. The
 * effects of the case mix are estimated side by side with an effect for each specialist, so that a specialist who is asked by one clinic
 * alone does not pass for that clinic's case mix (Kalbfleisch, Wolfe 2013, Stat Biosci 5:286); what is expected is then reckoned without
 * the specialists' effects and moved as a whole until expected and observed are the same over the specialty.
 *
 * Race and ethnicity are no part of it: adjusting for them would hide a difference in treatment.
 */
import { fromLogit } from './logit.ts';
import { type Design, type Fit, fitLinear, fitLogistic } from './ridge-regression.ts';

/** What an attempt is adjusted for. */
export const CASE_MIX = ['urgency', 'payer', 'distance', 'language', 'site', 'month'] as const;
export type CaseMixFactor = (typeof CASE_MIX)[number];

export type MixedAttempt = {
  /** Who was asked. */
  specialist: string;
  mix: Readonly<Record<CaseMixFactor, string>>;
  /** 0 or 1 of a share; of days, log(1 + days). */
  outcome: number;
};

export type Expectation = {
  /** Of each attempt, in their order. They add up to the outcomes. */
  expected: number[];
  /**
   * Of each specialist, the factor by which the variance of observed less expected is larger than it would be if the effects of the case mix
   * were known. It is large for whom the others' patients say little: then nothing stands out that could be the case mix.
   */
  inflation: ReadonlyMap<string, number>;
};

/** Levels of fewer attempts are taken together: an effect of their own would be noise. */
const FEWEST_OF_A_LEVEL = 20;
const OTHER = 'other';

/** Standard deviation of an effect before anything is seen, in log odds or in standard deviations of the outcome: weak. */
const PRIOR_DEVIATION = 2.5;

type Levels = { width: number; ofMix: number[][]; ofSpecialist: number[]; specialists: string[] };

function levelsOf(attempts: readonly MixedAttempt[]): Levels {
  const known = new Map<string, number>();
  const place = (name: string): number => {
    const found = known.get(name) ?? known.size;
    known.set(name, found);
    return found;
  };
  const counts = new Map<string, number>();
  const nameOf = (factor: CaseMixFactor, { mix }: MixedAttempt): string => `${factor} ${mix[factor]}`;
  for (const attempt of attempts) {
    for (const factor of CASE_MIX) counts.set(nameOf(factor, attempt), (counts.get(nameOf(factor, attempt)) ?? 0) + 1);
  }
  const levelOf = (factor: CaseMixFactor, attempt: MixedAttempt): number => {
    const name = nameOf(factor, attempt);
    return place((counts.get(name) ?? 0) < FEWEST_OF_A_LEVEL ? `${factor} ${OTHER}` : name);
  };
  const ofMix = attempts.map((attempt) => CASE_MIX.map((factor) => levelOf(factor, attempt)));
  const specialists = attempts.map(({ specialist }) => specialist);
  return { ofMix, ofSpecialist: specialists.map((specialist) => place(`specialist ${specialist}`)), width: known.size, specialists };
}

const designOf = ({ width, ofMix, ofSpecialist }: Levels): Design => ({
  width,
  levels: ofMix.map((levels, at) => [...levels, ofSpecialist[at] ?? 0]),
});

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
export const mean = (values: readonly number[]): number => sum(values) / values.length;

const withoutSpecialists = ({ ofMix }: Levels, { effects }: Fit): number[] =>
  ofMix.map((levels) => sum(levels.map((level) => effects[level] ?? 0)));

/**
 * 1 + W d'Vd, where V is the covariance of the effects of the case mix, d how the specialist's mix differs from that of the specialty, and W
 * the information of the specialist's attempts. To first order: the effects come from differences within specialists, and are independent
 * of how many outcomes each of them has.
 * @param weights the information of each attempt
 */
function inflationOf({ width, ofMix, specialists }: Levels, weights: readonly number[], { variance }: Fit): Map<string, number> {
  const whole = { mix: new Float64Array(width), weight: 0 };
  const own = new Map<string, typeof whole>();
  ofMix.forEach((levels, at) => {
    const [specialist, weight] = [specialists[at] ?? '', weights[at] ?? 0];
    const group = own.get(specialist) ?? { mix: new Float64Array(width), weight: 0 };
    own.set(specialist, group);
    for (const each of [whole, group]) {
      each.weight += weight;
      for (const level of levels) each.mix[level] = (each.mix[level] ?? 0) + weight;
    }
  });
  return new Map(
    [...own].map(([specialist, { mix, weight }]) => {
      const difference = mix.map((each, level) => each / weight - (whole.mix[level] ?? 0) / whole.weight);
      return [specialist, 1 + weight * variance(difference)];
    }),
  );
}

/** The level at which the expected shares add up to what was observed. */
function calibrated(scores: readonly number[], observed: number): number[] {
  let [low, high] = [-40, 40];
  for (let halvings = 0; halvings < 100; halvings += 1) {
    const middle = (low + high) / 2;
    if (sum(scores.map((score) => fromLogit(middle + score))) < observed) low = middle;
    else high = middle;
  }
  return scores.map((score) => fromLogit((low + high) / 2 + score));
}

const asObserved = (attempts: readonly MixedAttempt[]): Expectation => ({
  expected: attempts.map(({ outcome }) => outcome),
  inflation: new Map(attempts.map(({ specialist }) => [specialist, 1])),
});

/**
 * Of attempts of one specialty, the expected share of each, 0 … 1. Where all outcomes are the same, that is expected of everybody.
 */
export function expectedShares(attempts: readonly MixedAttempt[]): Expectation {
  const outcomes = attempts.map(({ outcome }) => outcome);
  const observed = sum(outcomes);
  if (observed === 0 || observed === attempts.length) return asObserved(attempts);
  const levels = levelsOf(attempts);
  const fit = fitLogistic(designOf(levels), outcomes, PRIOR_DEVIATION);
  const expected = calibrated(withoutSpecialists(levels, fit), observed);
  const weights = expected.map((share) => share * (1 - share));
  return { expected, inflation: inflationOf(levels, weights, fit) };
}

const deviationOf = (values: readonly number[], free: number): number => Math.sqrt(sum(values.map((value) => value ** 2)) / free);

/**
 * Of attempts of one specialty, at least three, the expected outcome of each.
 * @returns `deviation`: of one attempt around what is expected of it and its specialist
 */
export function expectedTimes(attempts: readonly MixedAttempt[]): Expectation & { deviation: number } {
  const outcomes = attempts.map(({ outcome }) => outcome);
  const middle = mean(outcomes);
  const around = outcomes.map((outcome) => outcome - middle);
  const overall = deviationOf(around, attempts.length - 1);
  if (overall < 1e-9) return { ...asObserved(attempts), deviation: 0 };
  const levels = levelsOf(attempts);
  const design = designOf(levels);
  const prior = PRIOR_DEVIATION * overall;
  const fit = fitLinear(design, outcomes, prior, overall);
  const mixEffects = withoutSpecialists(levels, fit);
  const residuals = outcomes.map((outcome, at) => {
    const own = fit.effects[levels.ofSpecialist[at] ?? 0] ?? 0;
    return outcome - fit.intercept - own - (mixEffects[at] ?? 0);
  });
  // The trace of the hat matrix: as many as there are coefficients, less what the prior took of each.
  const unit = (level: number): Float64Array => Float64Array.from({ length: design.width }, (_, each) => Number(each === level));
  const priorTook = sum(Array.from({ length: design.width }, (_, level) => fit.variance(unit(level)) / prior ** 2));
  const free = Math.max(1, attempts.length - (design.width + 1 - priorTook));
  const moved = middle - mean(mixEffects);
  const weights = outcomes.map(() => 1 / overall ** 2);
  return {
    expected: mixEffects.map((effect) => moved + effect),
    deviation: deviationOf(residuals, free),
    inflation: inflationOf(levels, weights, fit),
  };
}
