/** No clinician is judged by a handful of referrals. */
import { FEWEST_TO_JUDGE } from '@refloop/domain/fewest-to-judge';
import type { MetricResult, MetricRow, SegmentName } from './metric-result.ts';
import { isFigure } from './small-cells.ts';

const TOO_FEW = `Too few to judge a person by: fewer than ${FEWEST_TO_JUDGE} referrals.`;

const judgesPeople = (by: readonly SegmentName[]): boolean => by.includes('requester');

const isOfFew = ({ n }: MetricRow): boolean => n === null || n < FEWEST_TO_JUDGE;

/** Without a rate, a time or an interval; what was counted stays. */
function judgedRow(row: MetricRow): MetricRow {
  if (!isOfFew(row)) return row;
  const parts = Object.entries(row.parts).map(([name, value]) => [name, value !== null && isFigure(name, value) ? null : value]);
  return { ...row, value: null, low: null, high: null, parts: Object.fromEntries(parts), note: TOO_FEW };
}

/** Where individuals are told apart, nothing is said of those with few; their curves go too. Else the answer as it is. */
export function judged(result: MetricResult): MetricResult {
  if (!judgesPeople(result.by)) return result;
  const few = new Set(result.rows.filter(isOfFew).map(({ segment }) => JSON.stringify(segment)));
  const curve = result.curve?.filter(({ segment }) => !few.has(JSON.stringify(segment)));
  return { ...result, rows: result.rows.map(judgedRow), ...(curve ? { curve } : {}) };
}
