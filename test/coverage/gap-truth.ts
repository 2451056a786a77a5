/** The true gaps between groups and the rest, by their definition, and how well a report can know them: from counts of a very large simulation. */
import { GROUPINGS, type Grouping, isCircular, MEASURES, type Measure } from '@refloop/analytics/fairness/gaps';
import { type RiskDifference, riskDifference, type Stratum } from '@refloop/analytics/fairness/risk-difference';
import { PLANTED_TRUTHS } from '@refloop/server/practice/planted-truths';
import { dayNumber } from '../oracle/calendar.ts';
import { ORACLES } from '../oracle/metrics.ts';
import type { ReferralFacts } from '../oracle/referral-facts.ts';
import { AS_OF } from './simulated-orders.ts';

/** Whom the planted route is biased against. */
export const BIASED = PLANTED_TRUTHS.biasedRoute.language;
export const gapKey = (measure: string): string => `gap in ${measure}: ${BIASED} against all others`;

/** Of one measure, one way of grouping and one group: how many of each kind of referral, and of how many it is true. */
type Counts = Map<string, { n: number; trueOnes: number }>;
export type GapCounts = Map<Measure, Map<Grouping, Map<string, Counts>>>;

function memberOf({ order }: ReferralFacts, grouping: Grouping): string | null {
  const setting = order?.setting;
  if (!setting) return null;
  if (grouping !== 'distance') return setting[grouping];
  const { miles } = setting;
  // The bands of core__referral, said once more by other means.
  return miles === null ? null : `${[5, 15, 30].filter((bound) => miles >= bound).length} bounds passed`;
}

function countOne(counts: GapCounts, measure: Measure, grouping: Grouping, member: string, stratum: string, isTrue: boolean): void {
  const groupings = counts.get(measure) ?? new Map<Grouping, Map<string, Counts>>();
  const members = groupings.get(grouping) ?? new Map<string, Counts>();
  const strata = members.get(member) ?? (new Map() as Counts);
  const { n, trueOnes } = strata.get(stratum) ?? { n: 0, trueOnes: 0 };
  strata.set(stratum, { n: n + 1, trueOnes: trueOnes + Number(isTrue) });
  members.set(member, strata);
  groupings.set(grouping, members);
  counts.set(measure, groupings);
}

export function countGapBatch(batch: readonly ReferralFacts[], counts: GapCounts): void {
  const byId = new Map(batch.map((facts) => [facts.id, facts]));
  for (const measure of Object.keys(MEASURES) as Measure[]) {
    const row = [ORACLES[measure]?.(batch, dayNumber(AS_OF)) ?? []].flat()[0];
    if (!row) throw new Error(`There is no second implementation of ${measure}.`);
    const trueOnes = new Set(row.numerator);
    for (const id of row.denominator) {
      const facts = byId.get(id);
      if (!facts) continue;
      for (const grouping of GROUPINGS) {
        const member = isCircular(measure, grouping) ? null : memberOf(facts, grouping);
        if (member !== null) countOne(counts, measure, grouping, member, `${facts.specialty} ${facts.urgency}`, trueOnes.has(id));
      }
    }
  }
}

const sum = (counts: Iterable<{ n: number; trueOnes: number }>): { n: number; trueOnes: number } =>
  [...counts].reduce((total, { n, trueOnes }) => ({ n: total.n + n, trueOnes: total.trueOnes + trueOnes }), { n: 0, trueOnes: 0 });

/** The group and all others of its grouping, stratum by stratum. */
function strataOf(members: ReadonlyMap<string, Counts>, member: string): Stratum[] {
  const kinds = new Set([...members.values()].flatMap((of) => [...of.keys()]));
  return [...kinds].map((kind) => {
    const own = members.get(member)?.get(kind) ?? { n: 0, trueOnes: 0 };
    const all = sum([...members.values()].flatMap((of) => of.get(kind) ?? []));
    return { group: own.n, groupTrue: own.trueOnes, rest: all.n - own.n, restTrue: all.trueOnes - own.trueOnes };
  });
}

/** The mean of the differences of the kinds of referral, each by group × rest ÷ all. */
export function gapTruths(counts: GapCounts): [key: string, truth: { n: number; value: number }][] {
  return [...counts].map(([measure, groupings]) => {
    let [sumOf, weights, n] = [0, 0, 0];
    for (const { group, groupTrue, rest, restTrue } of strataOf(groupings.get('language') ?? new Map(), BIASED)) {
      n += group + rest;
      if (group === 0 || rest === 0) continue;
      const weight = (group * rest) / (group + rest);
      sumOf += weight * (groupTrue / group - restTrue / rest);
      weights += weight;
    }
    return [gapKey(measure), { n, value: sumOf / weights }];
  });
}

/**
 * What a report over the whole large simulation would know of a gap, were its kinds of referral as thin as those of the reports that are judged: a report
 * that is so many times smaller knows it less well by the root of that.
 */
export type LargeGap = { measure: Measure; grouping: Grouping; member: string; n: number; restN: number } & RiskDifference;

/**
 * Of t referrals of a kind that are expected, a report weighs as many as t − 1 + e^−t: with one of a kind there is nobody to compare with. That is the mean
 * of T − 1, or of 0 where T is 0, for a Poisson number T; the weight of a kind and its variance where nothing differs both go with T − 1.
 */
const thinned = (stratum: Stratum, factor: number): Stratum => {
  const expected = (stratum.group + stratum.rest) / factor;
  const by = expected === 0 ? 0 : (expected - 1 + Math.exp(-expected)) / expected;
  return { group: stratum.group * by, groupTrue: stratum.groupTrue * by, rest: stratum.rest * by, restTrue: stratum.restTrue * by };
};

/**
 * @param counts over all ages, as a report counts them
 * @param factor how many times smaller a report is
 */
export function largeGaps(counts: GapCounts, factor: number): LargeGap[] {
  return [...counts].flatMap(([measure, groupings]) =>
    [...groupings].flatMap(([grouping, members]) =>
      [...members.keys()].sort().flatMap((member): LargeGap[] => {
        const strata = strataOf(members, member);
        const difference = riskDifference(strata.map((stratum) => thinned(stratum, factor)));
        if (difference === null) return [];
        const [n, restN] = [strata.reduce((all, { group }) => all + group, 0), strata.reduce((all, { rest }) => all + rest, 0)];
        return [{ measure, grouping, member, n, restN, ...difference }];
      }),
    ),
  );
}
