/** A stream of reproducible draws: the same seed text gives the same draws on every machine and every day. */
export type Random = {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number;
  /** A number from `low` to `high`, rounded to `digits` decimals. */
  decimal(low: number, high: number, digits: number): number;
  /** One element of a list that is not empty. */
  pick<T>(from: readonly T[]): T;
};

/** FNV-1a, 32 bits: turns a seed text into the number the generator starts from. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/**
 * A generator of its own for each seed text, so that a patient added to the cast changes nobody else's chart.
 * The algorithm is mulberry32 (Tommy Ettinger, public domain): 32 bits of state, good enough for charts, not for secrets.
 */
export function randomFrom(seed: string): Random {
  let state = hashOf(seed);
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const integer = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    integer,
    decimal: (low, high, digits) => Number((low + next() * (high - low)).toFixed(digits)),
    pick: (from) => {
      const chosen = from[integer(0, from.length - 1)];
      if (chosen === undefined) throw new Error('Cannot pick from an empty list.');
      return chosen;
    },
  };
}
