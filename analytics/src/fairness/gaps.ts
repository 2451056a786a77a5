/** How groups of patients fare against all others: the difference of each measure within the same specialty and urgency, told apart from chance. */
import { FEWEST_TO_JUDGE } from '@refloop/domain/fewest-to-judge';
import type { Instant } from '@refloop/domain/instant';
import type { Query } from '../duckdb.ts';
import type { MetricFilter } from '../metric-result.ts';
import type { EhrScope } from '../pseudonym.ts';
import { defineMetric, type Moment } from '../run-metric.ts';
import { conditionalP } from './conditional-test.ts';
import { detectableGap } from './detectable-gap.ts';
import { FALSE_DISCOVERY_RATE, type FairnessHead, fairnessSql, readFairness } from './fairness-definition.ts';
import { callDifferent } from './false-discovery.ts';
import { upperQuantile } from './normal.ts';
import { riskDifference, type Stratum } from './risk-difference.ts';

/** The metrics that are compared, and which way is better for patients; null where neither is. */
export const MEASURES = {
  completion: 'higher',
  seen_within_30: 'higher',
  seen_within_60: 'higher',
  network_leakage: 'lower',
  note_return: 'higher',
  override: null,
} as const satisfies Record<string, 'higher' | 'lower' | null>;
export type Measure = keyof typeof MEASURES;
const MEASURE_IDS = Object.keys(MEASURES) as Measure[];

export const GROUPINGS = ['language', 'payer', 'distance', 'zip3'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Who is farther down the list is farther away: how far the patient goes follows from the choice, and is no group to be treated alike. */
export const isCircular = (measure: Measure, grouping: Grouping): boolean => measure === 'override' && grouping === 'distance';

/** `higher` and `lower`: of the group, and told apart from chance. */
export type GapVerdict = 'higher' | 'lower' | 'not-distinguishable' | 'too-few';

export type Gap = {
  measure: Measure;
  grouping: Grouping;
  member: string;
  /** Referrals of the group, and of all others whose group is known. */
  n: number;
  restN: number;
  verdict: GapVerdict;
  /** Null where there are too few. */
  found: {
    /** 0 … 1, as they are, before kinds of referrals are made alike. */
    share: number;
    restShare: number;
    /** −1 … 1; group minus rest within the same specialty and urgency. */
    value: number;
    standardError: number;
    low: number;
    high: number;
    p: number;
    /** Gaps smaller than this would be called different with a probability of less than 80 %. */
    detectable: number;
  } | null;
};

export type GapsResult = {
  about: FairnessHead;
  asOf: Instant;
  snapshot: string;
  measures: { id: Measure; title: string; definition: string; better: 'higher' | 'lower' | null }[];
  /** Of the intervals, after the widening for many comparisons: 0.95 … 1. */
  level: number;
  /** How many were compared, and how many of them were called different. */
  compared: number;
  called: number;
  gaps: Gap[];
};

export type GapCounts = Pick<Gap, 'measure' | 'grouping' | 'member'> & { strata: Stratum[] };

/** Each group beside the rest of its grouping, stratum by stratum. */
export function besideTheRest(
  measure: Measure,
  rows: readonly { grouping: Grouping; member: string; stratum: string; n: number; trueOnes: number }[],
): GapCounts[] {
  return GROUPINGS.filter((grouping) => !isCircular(measure, grouping)).flatMap((grouping) => {
    const own = rows.filter((row) => row.grouping === grouping);
    const totals = new Map<string, { n: number; trueOnes: number }>();
    for (const { stratum, n, trueOnes } of own) {
      const total = totals.get(stratum) ?? { n: 0, trueOnes: 0 };
      totals.set(stratum, { n: total.n + n, trueOnes: total.trueOnes + trueOnes });
    }
    return [...Map.groupBy(own, ({ member }) => member)].map(([member, of]): GapCounts => {
      const mine = new Map(of.map((row) => [row.stratum, row]));
      const strata = [...totals].map(([stratum, total]): Stratum => {
        const { n = 0, trueOnes = 0 } = mine.get(stratum) ?? {};
        return { groupTrue: trueOnes, group: n, restTrue: total.trueOnes - trueOnes, rest: total.n - n };
      });
      return { measure, grouping, member, strata };
    });
  });
}

const total = (strata: readonly Stratum[], of: keyof Stratum): number => strata.reduce((sum, stratum) => sum + stratum[of], 0);

/** All comparisons of one report are one family. */
export function judgeGaps(counts: readonly GapCounts[]): Pick<GapsResult, 'level' | 'compared' | 'called' | 'gaps'> {
  const looked = counts.map(({ strata, ...which }) => {
    const [n, restN] = [total(strata, 'group'), total(strata, 'rest')];
    const difference = n < FEWEST_TO_JUDGE || restN < FEWEST_TO_JUDGE ? null : riskDifference(strata);
    return { which, strata, n, restN, difference, p: difference === null ? null : conditionalP(strata) };
  });
  const { called, intervalAlpha } = callDifferent(
    looked.flatMap(({ p }) => (p === null ? [] : [p])),
    FALSE_DISCOVERY_RATE,
  );
  const z = upperQuantile(intervalAlpha / 2);
  let place = 0;
  const gaps = looked.map(({ which, strata, n, restN, difference, p }): Gap => {
    if (difference === null || p === null) return { ...which, n, restN, verdict: 'too-few', found: null };
    const isCalled = called[place] === true;
    place += 1;
    const { value, standardError, nullError } = difference;
    const [low, high] = [Math.max(-1, value - z * standardError), Math.min(1, value + z * standardError)];
    const verdict = isCalled && low > 0 ? 'higher' : isCalled && high < 0 ? 'lower' : 'not-distinguishable';
    const [share, restShare] = [total(strata, 'groupTrue') / n, total(strata, 'restTrue') / restN];
    const detectable = detectableGap(nullError, intervalAlpha);
    return { ...which, n, restN, verdict, found: { share, restShare, value, standardError, low, high, p, detectable } };
  });
  const different = gaps.filter(({ verdict }) => verdict === 'higher' || verdict === 'lower');
  return { level: 1 - intervalAlpha, compared: place, called: different.length, gaps };
}

export type FairnessQuestion = { scope: EhrScope | null; filter?: MetricFilter };

/** Of the referrals asked for: every measure for every group, stratum by stratum. */
export async function countGaps(
  query: Query,
  question: FairnessQuestion,
  moment: Moment,
): Promise<{ measures: GapsResult['measures']; counts: GapCounts[] }> {
  const sql = fairnessSql('gaps');
  const counts: GapCounts[] = [];
  const measures: GapsResult['measures'] = [];
  for (const measure of MEASURE_IDS) {
    const { title, definition } = await defineMetric(query, { ...question, metric: measure }, moment);
    measures.push({ id: measure, title, definition, better: MEASURES[measure] });
    const rows = (await query.run(sql)).map((row) => ({
      grouping: row['grouping'] as Grouping,
      member: String(row['member']),
      stratum: String(row['stratum']),
      n: Number(row['n']),
      trueOnes: Number(row['true_ones']),
    }));
    counts.push(...besideTheRest(measure, rows));
  }
  return { measures, counts };
}

export async function readGaps(query: Query, question: FairnessQuestion, moment: Moment): Promise<GapsResult> {
  const { asOf, snapshot } = moment;
  const { measures, counts } = await countGaps(query, question, moment);
  return { about: readFairness('gaps'), asOf, snapshot, measures, ...judgeGaps(counts) };
}
