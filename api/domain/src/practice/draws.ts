/** Reproducible draws: the same seed text gives the same draws. For simulated histories, never for secrets. */

export type Draws = {
  /** A number in [0, 1). */
  next: () => number;
  chance: (probability: number) => boolean;
  /** A whole number from `low` to `high`, both included. */
  integer: (low: number, high: number) => number;
  /** One element of a list that is not empty. */
  pick: <Value>(from: readonly Value[]) => Value;
  /** One element, each in proportion to its weight. */
  weighted: <Value>(from: readonly (readonly [Value, number])[]) => Value;
  /** Of a log-normal distribution with this median; `sigma` is the standard deviation of the logarithm. */
  logNormal: (median: number, sigma: number) => number;
  /** What will be drawn next, drawn without using it up: the same draws from here on. */
  ahead: () => Draws;
};

/** FNV-1a, 32 bits, from a start of its own for each of the four words of state. */
function hashOf(text: string, start: number): number {
  let hash = start;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash ^= hash >>> 16;
  return Math.imul(hash, 0x85ebca6b) >>> 0;
}

/** Draws thrown away first, so that seeds that differ little start far from each other. */
const WARM_UP = 12;

export function drawsOf(seed: string): Draws {
  const draws = drawsFrom([hashOf(seed, 0x811c9dc5), hashOf(seed, 0x9e3779b9), hashOf(seed, 0x2545f491), 1]);
  for (let round = 0; round < WARM_UP; round += 1) draws.next();
  return draws;
}

/** The algorithm is sfc32 (Chris Doty-Humphrey, PractRand, public domain): 128 bits of state, for millions of streams side by side. */
function drawsFrom(state: readonly [number, number, number, number]): Draws {
  let [a, b, c, counter] = state;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 4_294_967_296;
  };
  const integer = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  const pick = <Value>(from: readonly Value[]): Value => {
    const chosen = from[integer(0, from.length - 1)];
    if (chosen === undefined) throw new Error('Nothing can be picked from an empty list.');
    return chosen;
  };
  return {
    next,
    chance: (probability) => next() < probability,
    integer,
    pick,
    weighted: (from) => {
      let left = next() * from.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [value, weight] of from) {
        left -= weight;
        if (left < 0) return value;
      }
      const [last] = from.at(-1) ?? [];
      if (last === undefined) throw new Error('Nothing can be picked from an empty list.');
      return last;
    },
    logNormal: (median, sigma) => {
      // Box and Muller; 1 − u is never 0.
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      return median * Math.exp(sigma * normal);
    },
    ahead: () => drawsFrom([a, b, c, counter]),
  };
}
