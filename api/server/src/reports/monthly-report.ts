/**
 * The report of a month: headline numbers with their targets, what changed against the month before, the largest causes of loss, and what
 * each number counts. A number belongs to the month of the order. Of a month that is too young to judge, or that would tell a small count,
 * nothing is said; the latest month before it that can be told stands in its place, by name.
 */

import type { MetricFilter, MetricResult, MetricRow, SegmentName } from '@refloop/analytics/metric-result';
import { type SafeRow, SMALLEST_CELL, withoutSmallCells } from '@refloop/analytics/small-cells';
import { plainMonth } from '@refloop/domain/matching/plain-words';
import { differenceOf } from './difference.ts';
import type { ReportDocument, ReportSection } from './document.ts';
import { countText, definitionLines, intervalText, isMean, rowText, targetText, valueText } from './figures.ts';

export type AskMetric = (metric: string, by: SegmentName[], filter: MetricFilter) => Promise<MetricResult>;

/** In the order of the report; those that are not known are left out. */
const HEADLINES = [
  'completion',
  'network_leakage',
  'time_to_appointment',
  'revenue_capture',
  'closed_loop',
  'note_return',
  'no_show',
  'time_to_accept',
  'time_to_schedule',
  'time_to_note',
] as const;
const CAUSES = 'lost_causes';
const MOST_CAUSES = 8;
/** Fewer say nothing of a month. */
const FEWEST = SMALLEST_CELL;

type Headline = { result: MetricResult; now: SafeRow | undefined; before: SafeRow | undefined };

/** A month of which a part is still too young for the metric, or has appointments ahead, is not judged. */
const canBeJudged = ({ n, parts }: MetricRow): boolean =>
  n !== null && n >= FEWEST && (parts['left_out_young'] ?? 0) === 0 && (parts['ahead'] ?? 0) === 0;

/** A range of assumptions has ends and nothing between them. */
const isRange = ({ value, low, high }: SafeRow): boolean => value === null && low !== null && high !== null;
const isTold = (row: SafeRow): boolean => row.n !== null && (row.value !== null || isRange(row));

const monthOf = (row: Pick<MetricRow, 'segment'> | undefined): string => row?.segment.month ?? '';

export function headlineOf(result: MetricResult, month: string): Headline {
  const safe = withoutSmallCells(result);
  // How old a month is, is asked of the row as it was counted: of few that are too young, the safe row no longer tells.
  const months = result.rows
    .filter((row) => row.category === null && monthOf(row) !== 'unknown' && monthOf(row) <= month && canBeJudged(row))
    .flatMap((row) => safe[result.rows.indexOf(row)] ?? [])
    .filter(isTold)
    .toSorted((one, other) => monthOf(other).localeCompare(monthOf(one)));
  return { result, now: months[0], before: months[1] };
}

function changeText({ result: { metric }, now, before }: Headline): string {
  if (!now || !before) return 'nothing to compare with';
  if (isRange(now) || isRange(before)) return 'not told: it is assumed';
  const difference = differenceOf(now, before);
  if (!difference) return `not told: an interval is open (${plainMonth(monthOf(before))}: ${valueText(before.value, metric.unit)})`;
  const scale = metric.unit === 'share' ? 100 : 1;
  const unit = { share: 'points', days: 'days', minutes: 'minutes', count: '', 'per-referral': '', dollars: '' }[metric.unit];
  const signed = (difference: number): string => {
    const size = Math.abs(scale * difference).toFixed(metric.unit === 'share' || isMean(metric.unit) ? 1 : 0);
    return Number(size) === 0 ? size : `${difference > 0 ? '+' : '−'}${size}`;
  };
  const clear = difference.low > 0 || difference.high < 0 ? '' : '; not distinguishable from no change';
  return `${signed(difference.value)} ${unit} since ${plainMonth(monthOf(before))} (${signed(difference.low)} to ${signed(difference.high)}${clear})`;
}

function headlineSection(headlines: readonly Headline[], month: string): ReportSection {
  return {
    heading: 'Headline numbers',
    paragraphs: [
      `By the month of the order. Where ${plainMonth(month)} is too young to judge or would tell a count under ${SMALLEST_CELL}, the latest month that can be told stands instead. An interval that holds the target decides nothing.`,
    ],
    tables: [
      {
        caption: 'Intervals are of 95 %. A change is the later month less the earlier one, with its interval.',
        columns: ['Number', 'Month', 'Value', '95 % interval', 'n', 'Target', 'Change'],
        rows: headlines.map((each) => {
          const { metric } = each.result;
          if (!each.now) return [metric.title, '–', 'too early or too few', '–', '–', targetText(metric), '–'];
          const { now } = each;
          return [
            metric.title,
            plainMonth(monthOf(now)),
            ...(isRange(now)
              ? [`${intervalText(now, metric.unit)} dollars, assumed`, '–']
              : [valueText(now.value, metric.unit), intervalText(now, metric.unit)]),
            countText(now.n),
            targetText(metric),
            changeText(each),
          ];
        }),
      },
    ],
  };
}

/** A lawful choice, a denial and an end are shown by other tables; here stands what the practice can change. */
const AVOIDABLE = new Set(['access', 'network-gap', 'data', 'process', 'habit']);

/** The month two before, so that three are looked at: one alone has too few of each cause. */
function twoBefore(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 3, 1)).toISOString().slice(0, 7);
}

async function causesSection(ask: AskMetric, month: string): Promise<ReportSection> {
  const from = twoBefore(month);
  const result = await ask(CAUSES, ['specialty'], { from, to: month });
  const rows = withoutSmallCells(result)
    .filter(({ category, value }) => value !== null && value > 0 && AVOIDABLE.has(category?.split('/')[1] ?? ''))
    .toSorted((one, other) => (other.parts['lost'] ?? 0) - (one.parts['lost'] ?? 0))
    .slice(0, MOST_CAUSES);
  return {
    heading: 'Largest causes that can be avoided',
    paragraphs: [
      `Of the orders from ${plainMonth(from)} to ${plainMonth(month)}. Leaked and never seen are two ways to lose a referral and never added. Causes of fewer than ${SMALLEST_CELL} referrals are not told.`,
      ...(rows.length === 0 ? [`No cause has ${SMALLEST_CELL} referrals in these months.`] : []),
    ],
    tables:
      rows.length === 0
        ? []
        : [
            {
              caption: 'Share of the orders of the specialty. The intervals hold together for all causes.',
              columns: ['Cause', 'Lost', 'Share', '95 % interval', 'n'],
              rows: rows.map((row) => [
                rowText(result.metric, row),
                countText(row.parts['lost'] ?? null),
                valueText(row.value, result.metric.unit),
                intervalText(row, result.metric.unit),
                countText(row.n),
              ]),
            },
          ],
  };
}

/** @param month `2026-10`, the last month that is looked at; @param known ids of the metrics that there are */
export async function monthlyReport(ask: AskMetric, month: string, known: readonly string[]): Promise<ReportDocument> {
  const headlines: Headline[] = [];
  for (const id of HEADLINES.filter((each) => known.includes(each)))
    headlines.push(headlineOf(await ask(id, ['month'], { to: month }), month));
  const [first] = headlines;
  const asOf = first?.result.asOf ?? new Date(0).toISOString();
  const judged = monthOf(headlines.find(({ result }) => result.metric.id === 'completion')?.now);
  const causes = known.includes(CAUSES) && judged !== '' ? [await causesSection(ask, judged)] : [];
  return {
    title: `Referrals, ${plainMonth(month)}`,
    asOf,
    lines: [`As of ${asOf.slice(0, 10)}, snapshot ${first?.result.snapshot ?? 'none'}. Every number with its n and its interval.`],
    sections: [
      headlineSection(headlines, month),
      ...causes,
      ...headlines.map(({ result: { metric } }) => ({
        heading: `What is counted: ${metric.title}`,
        paragraphs: definitionLines(metric),
        tables: [],
      })),
    ],
  };
}
