/**
 * Reports on gaps in which nothing differs and much is compared: with so many comparisons a test at 5 % each calls somebody in nearly every
 * report, so that taking the procedure for many comparisons away is seen at once. The simulated practice compares too little for that.
 */
import { type GapCounts, judgeGaps } from '@refloop/analytics/fairness/gaps';
import { type Draw, drawsFrom } from '@refloop/analytics/performance/test-random';

/** Comparisons of one report; kinds of referral with the share that is true of everybody; and of each kind the group and all others. */
export const NULL_REPORT = { comparisons: 60, shares: [0.8, 0.55, 0.3], group: 40, rest: 120 } as const;

function binomial(draw: Draw, n: number, p: number): number {
  let count = 0;
  for (let at = 0; at < n; at += 1) if (draw() < p) count += 1;
  return count;
}

function nullGap(draw: Draw, place: number): GapCounts {
  const { shares, group, rest } = NULL_REPORT;
  return {
    measure: 'completion',
    grouping: 'zip3',
    member: `group ${place}`,
    strata: shares.map((share) => ({ group, groupTrue: binomial(draw, group, share), rest, restTrue: binomial(draw, rest, share) })),
  };
}

export type NullReports = {
  reports: number;
  /** In which the report called anything, which is always wrong here. */
  withAlarm: number;
  /** In which the smallest probability was below `rate`: what would have been called without a procedure for many comparisons. */
  withAnyBelow: number;
};

/** @param rate of one test alone */
export function countNullReports(seed: number, reports: number, rate: number): NullReports {
  const draw = drawsFrom(seed);
  let [withAlarm, withAnyBelow] = [0, 0];
  for (let report = 0; report < reports; report += 1) {
    const { called, gaps } = judgeGaps(Array.from({ length: NULL_REPORT.comparisons }, (_, place) => nullGap(draw, place)));
    if (called > 0) withAlarm += 1;
    if (gaps.some(({ found }) => found !== null && found.p <= rate)) withAnyBelow += 1;
  }
  return { reports, withAlarm, withAnyBelow };
}
