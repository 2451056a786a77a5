/** How much two measured values differ, with an interval from theirs. */

export type Interval = { value: number; low: number; high: number };

/**
 * One less the other, of two independent groups, each with an interval of its own: their distances are squared and added. With Wilson's intervals of two
 * shares it is method 10 of Newcombe 1998, Stat Med 17:873, which keeps its level where few are counted and never leaves −1 … 1; that it holds
 * for any intervals of good coverage is Zou, Donner 2008, Stat Med 27:1693.
 */
export function difference(one: Interval, other: Interval): Interval {
  const value = one.value - other.value;
  return {
    value,
    low: value - Math.hypot(one.value - one.low, other.high - other.value),
    high: value + Math.hypot(one.high - one.value, other.value - other.low),
  };
}
