/** The normal distribution, as far as intervals and tests of gaps need it. */

const ENOUGH_TERMS = 200;

/** 1 − Φ(z) for z ≥ 0, by the series below 2.5 and by the continued fraction above (Abramowitz, Stegun 1964, 26.2.11 and 26.2.14). */
function upperTail(z: number): number {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < 2.5) {
    let [term, sum] = [z, z];
    for (let k = 1; k < ENOUGH_TERMS; k += 1) {
      term *= (z * z) / (2 * k + 1);
      sum += term;
    }
    return 0.5 - density * sum;
  }
  let fraction = z;
  for (let k = ENOUGH_TERMS; k >= 1; k -= 1) fraction = z + k / fraction;
  return density / fraction;
}

/** The probability of being at least as far from 0 as `z`, either way. */
export const twoSidedP = (z: number): number => Math.min(1, 2 * upperTail(Math.abs(z)));

/** The z that is exceeded with `probability`, 0 < probability ≤ 1/2. */
export function upperQuantile(probability: number): number {
  let [low, high] = [0, 40];
  for (let step = 0; step < 100; step += 1) {
    const middle = (low + high) / 2;
    if (upperTail(middle) > probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
