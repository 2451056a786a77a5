/** Which of many findings stand when each had its chance to come up. */

/**
 * The adjusted p-value of each: the smallest rate of false discoveries at which it would be among those reported (Benjamini, Hochberg 1995,
 * J R Stat Soc B 57:289, the step-up procedure; adjusted values as Yekutieli, Benjamini 1999, J Stat Plan Inference 82:171). The rate is
 * held where the tests are independent, or depend on each other positively (Benjamini, Yekutieli 2001, Ann Stat 29:1165).
 * @returns in the order of `pValues`
 */
export function adjustedForDiscovery(pValues: readonly number[]): number[] {
  const order = pValues.map((p, place) => ({ p, place })).sort((left, right) => right.p - left.p);
  const adjusted = pValues.map(() => 1);
  let smallest = 1;
  order.forEach(({ p, place }, from) => {
    const rank = pValues.length - from;
    smallest = Math.min(smallest, (p * pValues.length) / rank);
    adjusted[place] = smallest;
  });
  return adjusted;
}
