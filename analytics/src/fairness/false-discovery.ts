/**
 * Many comparisons at once. Of those that are called different, at most a share of `rate` is expected to be called so wrongly (Benjamini,
 * Hochberg 1995, J R Stat Soc B 57:289); where nothing differs at all, at most `rate` of the reports say anything. Intervals are widened to
 * fit: 1 − R × rate / m for R called different of m, so that an interval leaves out 0 where, and only where, its own test is called
 * (Benjamini, Yekutieli 2005, J Am Stat Assoc 100:71).
 */

export type Called = {
  /** By place in what was given. */
  called: boolean[];
  /** One minus the level of the intervals that go with it. */
  intervalAlpha: number;
};

export function callDifferent(pValues: readonly number[], rate: number): Called {
  const m = pValues.length;
  const sorted = pValues.toSorted((one, other) => one - other);
  const many = sorted.findLastIndex((p, at) => p <= ((at + 1) * rate) / m) + 1;
  const bound = (many * rate) / m;
  return { called: pValues.map((p) => many > 0 && p <= bound), intervalAlpha: m === 0 ? rate : (Math.max(1, many) * rate) / m };
}
