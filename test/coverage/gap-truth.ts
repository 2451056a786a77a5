/** The true gap between a group and the rest, by its definition, from counts of a very large simulation. */
import { MEASURES } from '@refloop/analytics/fairness/gaps';
import { PLANTED_TRUTHS } from '@refloop/server/practice/planted-truths';
import { dayNumber } from '../oracle/calendar.ts';
import { ORACLES } from '../oracle/metrics.ts';
import type { ReferralFacts } from '../oracle/referral-facts.ts';
import { AS_OF } from './simulated-orders.ts';

/** Whom the planted route is biased against. */
export const BIASED = PLANTED_TRUTHS.biasedRoute.language;
export const gapKey = (measure: string): string => `gap in ${measure}: ${BIASED} against all others`;

type Side = { n: number; trueOnes: number };
/** By measure, then by specialty and urgency: the group and the rest. */
export type GapCounts = Map<string, Map<string, { group: Side; rest: Side }>>;

export function countGapBatch(batch: readonly ReferralFacts[], counts: GapCounts): void {
  const byId = new Map(batch.map((facts) => [facts.id, facts]));
  for (const measure of Object.keys(MEASURES)) {
    const row = [ORACLES[measure]?.(batch, dayNumber(AS_OF)) ?? []].flat()[0];
    if (!row) throw new Error(`There is no second implementation of ${measure}.`);
    const trueOnes = new Set(row.numerator);
    const strata = counts.get(measure) ?? new Map<string, { group: Side; rest: Side }>();
    for (const id of row.denominator) {
      const facts = byId.get(id);
      const language = facts?.order?.setting?.language;
      if (!facts || !language) continue;
      const name = `${facts.specialty} ${facts.urgency}`;
      const stratum = strata.get(name) ?? { group: { n: 0, trueOnes: 0 }, rest: { n: 0, trueOnes: 0 } };
      const side = language === BIASED ? stratum.group : stratum.rest;
      side.n += 1;
      if (trueOnes.has(id)) side.trueOnes += 1;
      strata.set(name, stratum);
    }
    counts.set(measure, strata);
  }
}

/** The mean of the differences of the kinds of referral, each by group × rest ÷ all. */
export function gapTruths(counts: GapCounts): [key: string, truth: { n: number; value: number }][] {
  return [...counts].map(([measure, strata]) => {
    let [sum, weights, n] = [0, 0, 0];
    for (const { group, rest } of strata.values()) {
      n += group.n + rest.n;
      if (group.n === 0 || rest.n === 0) continue;
      const weight = (group.n * rest.n) / (group.n + rest.n);
      sum += weight * (group.trueOnes / group.n - rest.trueOnes / rest.n);
      weights += weight;
    }
    return [gapKey(measure), { n, value: sum / weights }];
  });
}
