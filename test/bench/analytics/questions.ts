/** What a dashboard asks: our metrics as they are told apart and filtered on its views. */
import type { MetricFilter, MetricResult, SegmentName } from '@refloop/analytics/metric-result';

export type MetricId = 'completion' | 'network_leakage' | 'time_to_appointment';

export type Question = { title: string; metric: MetricId; by: SegmentName[]; filter: MetricFilter };

export const QUESTIONS: readonly Question[] = [
  { title: 'completion', metric: 'completion', by: [], filter: {} },
  { title: 'completion by specialty', metric: 'completion', by: ['specialty'], filter: {} },
  { title: 'completion by site and month', metric: 'completion', by: ['site', 'month'], filter: {} },
  { title: 'completion by month, one site', metric: 'completion', by: ['month'], filter: { site: 'Clinic 40' } },
  { title: 'leakage', metric: 'network_leakage', by: [], filter: {} },
  { title: 'leakage by payer', metric: 'network_leakage', by: ['payer'], filter: {} },
  { title: 'leakage by specialty and month', metric: 'network_leakage', by: ['specialty', 'month'], filter: {} },
  { title: 'time to appointment', metric: 'time_to_appointment', by: [], filter: {} },
  { title: 'time to appointment by specialty', metric: 'time_to_appointment', by: ['specialty'], filter: {} },
  { title: 'time to appointment by month, cardiology', metric: 'time_to_appointment', by: ['month'], filter: { specialty: 'cardiology' } },
];

/** Parts that every engine counts, in this order. */
export const COUNTED: Record<MetricId, readonly string[]> = {
  completion: [
    'scheduled',
    'attended',
    'attended_later',
    'undated',
    'declined_by_patient',
    'cancelled',
    'expired',
    'died',
    'still_open',
    'left_out_young',
    'left_out_not_in_chart',
    'left_out_no_visit_asked',
  ],
  network_leakage: [
    'leaked',
    'ordered_out',
    'ordered_in_went_out',
    'ordered_unknown_went_out',
    'lawful_choice_out',
    'kept',
    'network_unknown',
    'not_seen',
    'left_out_young',
    'left_out_not_in_chart',
  ],
  time_to_appointment: [
    'attended',
    'declined_by_patient',
    'cancelled',
    'expired',
    'died',
    'censored',
    'seen_after_end',
    'seen_by_30',
    'seen_by_90',
    'seen_by_180',
    'median_of_all',
    'followed_days',
    'left_out_undated',
    'left_out_not_in_chart',
    'left_out_no_visit_asked',
  ],
};

/** Segment, n, value, low, high, and the counted parts. */
export type AnswerRow = readonly (string | number | null)[];

/** Our answer in the form in which the engines are compared. */
export const answerRows = ({ by, rows }: MetricResult, metric: MetricId): AnswerRow[] =>
  rows.map(({ segment, n, value, low, high, parts }) => [
    by.map((name) => segment[name] ?? '').join('|'),
    n,
    value,
    low,
    high,
    ...COUNTED[metric].map((name) => parts[name] ?? null),
  ]);

const sorted = (rows: readonly AnswerRow[]): AnswerRow[] => [...rows].sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));

const same = (one: AnswerRow[number] | undefined, other: AnswerRow[number] | undefined): boolean => {
  if (typeof one !== 'number' || typeof other !== 'number' || Number.isInteger(one)) return one === other;
  // The same sum in another order: counts are exact, shares and intervals agree to nine digits.
  return Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(one));
};

/** The first few rows in which two answers differ, in words; none where they are the same. */
export function differences(ours: readonly AnswerRow[], theirs: readonly AnswerRow[]): string[] {
  if (ours.length !== theirs.length) return [`${ours.length} rows of ours, ${theirs.length} of theirs`];
  const others = sorted(theirs);
  return sorted(ours)
    .flatMap((row, at) => {
      const other = others[at] ?? [];
      const fits = row.length === other.length && row.every((cell, column) => same(cell, other[column]));
      return fits ? [] : [`${JSON.stringify(row)} is ${JSON.stringify(other)}`];
    })
    .slice(0, 3);
}
