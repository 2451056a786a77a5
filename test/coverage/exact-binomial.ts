/** Whether a count is what a probability lets expect: the exact binomial test (Clopper, Pearson 1934, Biometrika 26:404), no approximation. */

/** P(X = k) of Bin(n, p), by logarithms, so that no factor is lost below the smallest number. */
function massOf(n: number, p: number): number[] {
  if (p <= 0) return Array.from({ length: n + 1 }, (_, k) => (k === 0 ? 1 : 0));
  if (p >= 1) return Array.from({ length: n + 1 }, (_, k) => (k === n ? 1 : 0));
  let log = n * Math.log1p(-p);
  return Array.from({ length: n + 1 }, (_, k) => {
    if (k > 0) log += Math.log((n - k + 1) / k) + Math.log(p / (1 - p));
    return Math.exp(log);
  });
}

export type Tails = { atMost: number; atLeast: number };

/** P(X ≤ k) and P(X ≥ k). */
export function tailsOf(k: number, n: number, p: number): Tails {
  const mass = massOf(n, p);
  const sum = (from: number, to: number): number => mass.slice(from, to).reduce((total, each) => total + each, 0);
  return { atMost: Math.min(1, sum(0, k + 1)), atLeast: Math.min(1, sum(k, n + 1)) };
}

type Accepted = { low: number; high: number };

function acceptedOf(mass: readonly number[], alpha: number): Accepted {
  let [low, below] = [0, 0];
  for (; below + (mass[low] ?? 0) <= alpha / 2; low += 1) below += mass[low] ?? 0;
  let [high, above] = [mass.length - 1, 0];
  for (; above + (mass[high] ?? 0) <= alpha / 2; high -= 1) above += mass[high] ?? 0;
  return { low, high };
}

/**
 * The counts that the test does not reject.
 * @param alpha two-sided: at most half of it at either end
 */
export const acceptedCounts = (n: number, p: number, alpha: number): Accepted => acceptedOf(massOf(n, p), alpha);

/** The same where each has a probability of its own. */
export function acceptedOfEach(probabilities: readonly number[], alpha: number): Accepted {
  const mass = probabilities.reduce(
    (before, p) => Array.from({ length: before.length + 1 }, (_, k) => (before[k] ?? 0) * (1 - p) + (before[k - 1] ?? 0) * p),
    [1],
  );
  return acceptedOf(mass, alpha);
}

/**
 * The largest mean of `n` independent values in 0 … 1 that is no rarer than `alpha` / 2 where their true mean is at most `mean`, whatever they are
 * distributed like (Hoeffding 1963, J Am Stat Assoc 58:13, theorem 1).
 */
export function highestMean(n: number, mean: number, alpha: number): number {
  const isRare = (at: number): boolean => {
    const divergence = at * Math.log(at / mean) + (at < 1 ? (1 - at) * Math.log((1 - at) / (1 - mean)) : 0);
    return Math.exp(-n * divergence) <= alpha / 2;
  };
  let [low, high] = [mean, 1];
  for (let halvings = 0; halvings < 60; halvings += 1) {
    const middle = (low + high) / 2;
    if (isRare(middle)) high = middle;
    else low = middle;
  }
  return low;
}
