/** The sentence the page opens with: what became of a hundred referrals, and what to look at first. */
import type { MetricAnswer, MetricRow } from '@refloop/server/client/insights';
import { plainDate } from '../words/plain-date.ts';
import { isAvoidable, wordsOfCause } from './causes.ts';
import { countText, intervalText, segmentText } from './figures.ts';
import type { Filter } from './filter.ts';

const ofHundred = (value: number | null | undefined): string | undefined =>
  value === null || value === undefined ? undefined : String(Math.round(100 * value));

/** The months looked at, as a part of a sentence; empty where all are. */
export function periodText({ from, to }: Pick<Filter, 'from' | 'to'>): string {
  if (from !== undefined && from === to) return ` in ${plainDate(from)}`;
  return `${from === undefined ? '' : ` from ${plainDate(from)}`}${to === undefined ? '' : ` to ${plainDate(to)}`}`;
}

/** @param funnel the stages of everything looked at; undefined where nobody is old enough to judge */
export function openingSentence(funnel: MetricAnswer, filter: Pick<Filter, 'from' | 'to'>): string | undefined {
  const shareOf = (stage: string) => ofHundred(funnel.rows.find(({ category }) => category === stage)?.value);
  const n = funnel.rows[0]?.n ?? 0;
  const [seen, noted, reviewed] = [shareOf('seen'), shareOf('noted'), shareOf('reviewed')];
  if (n === 0 || seen === undefined || noted === undefined || reviewed === undefined) return undefined;
  return `Of 100 referrals ordered${periodText(filter)}, ${seen} were seen by the specialist asked, ${noted} came back with a note and ${reviewed} were reviewed (n ${countText(n)}).`;
}

export type LargestLoss = {
  row: MetricRow;
  /** `Cardiology, leaked: the wait was too long`. */
  cause: string;
  /** `11 of 100`. */
  share: string;
  /** `(9.0–13.0, n 812)`. */
  certainty: string;
  /** Another of which nobody can say that there are fewer. */
  alsoLarge: string | undefined;
};

const lostOf = (row: MetricRow): number => row.parts['lost'] ?? 0;

/**
 * Whether one count is larger than another beyond chance: of all that are one or the other, each is as likely (the sign test; Conover 1999,
 * Practical Nonparametric Statistics, 3.4, by its normal approximation, 5 % on both sides).
 */
export const clearlyMore = (one: number, other: number): boolean => (one - other) ** 2 > 1.96 ** 2 * (one + other);

/** @param causes lost causes by specialty (or another segment); undefined where nothing avoidable was lost */
export function largestLoss(causes: MetricAnswer): LargestLoss | undefined {
  const [first, second] = causes.rows
    .filter((row) => isAvoidable(row.category) && lostOf(row) > 0)
    .toSorted((one, other) => lostOf(other) - lostOf(one));
  if (!first) return undefined;
  const named = (row: MetricRow): string => {
    const where = Object.keys(row.segment).length === 0 ? '' : `${segmentText(row.segment)}, `;
    return `${where}${wordsOfCause(causes.metric, row.category)}`;
  };
  return {
    row: first,
    cause: named(first),
    share: `${Math.round(100 * (first.value ?? 0))} of 100`,
    certainty: `(${intervalText(first, 'share')}, n ${countText(first.n)})`,
    alsoLarge: second && !clearlyMore(lostOf(first), lostOf(second)) ? named(second) : undefined,
  };
}
