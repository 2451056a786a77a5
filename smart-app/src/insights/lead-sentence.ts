/** The sentence the page opens with: what became of a hundred referrals, and what to look at first. */
import type { MetricAnswer, MetricRow } from '@refloop/server/client/insights';
import { countText, intervalText, segmentText } from './figures.ts';

const ofHundred = (part: number | null | undefined, n: number): string | undefined =>
  part === null || part === undefined || n === 0 ? undefined : String(Math.round((100 * part) / n));

/** A value is called low only where its whole interval lies below that of everybody together. */
const clearlyLow = (rows: readonly MetricRow[], all: MetricRow): MetricRow | undefined =>
  rows
    .filter(({ high, value }) => high !== null && value !== null && all.low !== null && high < all.low)
    .toSorted(
      (one, other) => (all.value ?? 0) * other.n - other.n * (other.value ?? 0) - ((all.value ?? 0) * one.n - one.n * (one.value ?? 0)),
    )[0];

export type LeadSentence = { opening: string; worst: string | undefined };

/** @param whole completion of everything looked at; @param apart the same by specialty */
export function leadSentence(whole: MetricAnswer, apart: MetricAnswer): LeadSentence | undefined {
  const all = whole.rows[0];
  if (!all || all.n === 0) return undefined;
  const [scheduled, attended] = [ofHundred(all.parts['scheduled'], all.n), ofHundred(all.parts['attended'], all.n)];
  if (attended === undefined) return undefined;
  const opening = `Of 100 referrals ordered, ${scheduled === undefined ? '' : `${scheduled} were booked and `}${attended} were seen (n ${countText(all.n)}).`;
  const low = clearlyLow(apart.rows, all);
  if (!low) return { opening, worst: undefined };
  const words = `${segmentText(low.segment)}: ${Math.round(100 * (low.value ?? 0))} of 100 were seen (${intervalText(low, 'share')}, n ${countText(low.n)}).`;
  return { opening, worst: words };
}
