/**
 * What is usual among specialists: where the middle of them lies, and how much more they scatter than chance alone would make them. Both are
 * taken from the middle of the specialists, so that a few who are far out neither move it nor widen it: an empirical null (Efron 2004, J Am
 * Stat Assoc 99:96; for health care providers Xia, He and others 2022, Biostatistics 23:257).
 */
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';

/** With this bound a centre loses five per cent of its precision where nobody is far out (Huber 1964, Ann Math Stat 35:73). */
const HUBER_BOUND = 1.345;

const clipped = (score: number): number => Math.max(-HUBER_BOUND, Math.min(HUBER_BOUND, score));

/**
 * The shift at which those above and those below it weigh the same, each counted as no farther away than the bound (Huber's M-estimate).
 * @param scores of each specialist, in standard deviations, were the centre shifted by `shift`; falls with `shift`
 * @param weights of each, in the same order: one over their standard deviation
 * @param within the shift lies between minus and plus this
 */
export function usualShift(scores: (shift: number) => readonly number[], weights: readonly number[], within: number): number {
  const balance = (shift: number): number => scores(shift).reduce((sum, score, at) => sum + clipped(score) * (weights[at] ?? 0), 0);
  let [low, high] = [-within, within];
  for (let halvings = 0; halvings < 60; halvings += 1) {
    const middle = (low + high) / 2;
    if (balance(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The share at each end that is taken to be no farther out than the one next to it (Spiegelhalter 2005, Stat Med 24:1185): one of four at least. */
const WINSORISED = 0.1;
const FEWEST_WINSORISED = 4;
const cutOf = (count: number): number => (count < FEWEST_WINSORISED ? 0 : Math.max(1, Math.floor(count * WINSORISED)));

/** The values, those of the outermost tenth at each end set to where that tenth ends. */
export function winsorised(scores: readonly number[]): number[] {
  const sorted = scores.toSorted((left, right) => left - right);
  const cut = cutOf(scores.length);
  const [low, high] = [sorted[cut] ?? 0, sorted[sorted.length - 1 - cut] ?? 0];
  return scores.map((score) => Math.max(low, Math.min(high, score)));
}

/** Mean square of a standard normal variable with that share of each end set to where it begins. */
function squareUnderChance(share: number): number {
  if (share === 0) return 1;
  const bound = -normalQuantile(share, 0, 1);
  const density = Math.exp(-(bound ** 2) / 2) / Math.sqrt(2 * Math.PI);
  return 2 * normalCdf(bound, 0, 1) - 1 - 2 * bound * density + 2 * share * bound ** 2;
}

/**
 * The factor by which variances are larger than chance makes them (phi of Spiegelhalter 2005, Qual Saf Health Care 14:347): the mean square
 * of the winsorised scores, over what it would be if chance were all. Never below 1.
 * @param centres how many centres were estimated from these scores: each takes away one degree of freedom
 */
export function overDispersion(scores: readonly number[], centres: number): number {
  const free = scores.length - centres;
  if (free < 1) return 1;
  const share = cutOf(scores.length) / scores.length;
  const square = winsorised(scores).reduce((sum, score) => sum + score ** 2, 0);
  return Math.max(1, square / free / squareUnderChance(share));
}
