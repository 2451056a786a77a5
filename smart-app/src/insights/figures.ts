/** How a number is said: never without its n, and with its interval where it has one. */
import type { MetricAnswer, MetricRow, Segment } from '@refloop/server/client/insights';
import { plainDate } from '../words/plain-date.ts';

type Unit = MetricAnswer['metric']['unit'];

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const one = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** How many a row rests on, for what is reckoned with it: one that is kept back is as none. */
export const sizeOf = ({ n }: { n: number | null }): number => n ?? 0;

/** A count that is kept back has no number. */
export const countText = (count: number | null): string => (count === null ? 'not told' : whole.format(count));

/** A loss with its sign before the dollar. */
const dollars = (format: Intl.NumberFormat, value: number): string => `${value < 0 ? '−' : ''}$${format.format(Math.abs(value))}`;

export function valueText(value: number | null, unit: Unit): string {
  if (value === null) return '–';
  switch (unit) {
    case 'share':
      return `${one.format(100 * value)} %`;
    case 'days':
      return `${whole.format(value)} ${Math.round(value) === 1 ? 'day' : 'days'}`;
    case 'count':
      return whole.format(value);
    case 'per-referral':
      return one.format(value);
    case 'minutes':
      return `${one.format(value)} min`;
    case 'dollars':
      return dollars(whole, value);
  }
}

/** A difference of shares, in percentage points with its sign: `+3.1`, `−0.4`. */
export function pointsText(difference: number): string {
  const text = one.format(Math.abs(100 * difference));
  if (text === '0.0') return text;
  return difference < 0 ? `−${text}` : `+${text}`;
}

/** A mean is told with a tenth, as its interval is. */
const isMean = (unit: Unit): boolean => unit === 'per-referral' || unit === 'minutes';

const bare = (value: number, unit: Unit): string =>
  unit === 'share' ? one.format(100 * value) : (isMean(unit) ? one : whole).format(value);

/** `56.1–60.3`, or an interval open above; empty where there is none. */
export function intervalText({ low, high }: Pick<MetricRow, 'low' | 'high'>, unit: Unit): string {
  if (low === null) return '';
  return high === null ? `${bare(low, unit)} or more` : `${bare(low, unit)}–${bare(high, unit)}`;
}

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

/** A value where there is little room: money of a million and more in millions. */
export const compactText = (value: number | null, unit: Unit): string =>
  unit === 'dollars' && value !== null
    ? dollars(compact, value)
    : unit === 'share' && value !== null
      ? `${whole.format(100 * value)} %`
      : valueText(value, unit);

/** The figure itself: a value, or of what is only assumed the range; no single number stands for it. */
export const figureText = ({ value, low, high }: Pick<MetricRow, 'value' | 'low' | 'high'>, unit: Unit): string =>
  unit === 'dollars' && low !== null && high !== null ? `${compactText(low, unit)} to ${compactText(high, unit)}` : valueText(value, unit);

/** Its interval with what it is of; empty where there is none, or where the figure is the range. */
export const certaintyText = (row: Pick<MetricRow, 'low' | 'high'>, unit: Unit): string =>
  unit === 'dollars' || row.low === null ? '' : `${intervalText(row, unit)} (95 %) · `;

/** What a row is of, in words: its segment's values, or everything looked at. */
export const segmentText = (segment: Segment): string =>
  Object.entries(segment)
    .flatMap(([name, value]) => (value === undefined ? [] : [name === 'month' ? plainDate(value) : wordsOf(value)]))
    .join(' · ') || 'All';

/** What a row is of, in words: its segment, and its category where the metric divides. */
export function rowText(
  { categories }: Pick<MetricAnswer['metric'], 'categories'>,
  { segment, category }: Pick<MetricRow, 'segment' | 'category'>,
): string {
  if (category === null) return segmentText(segment);
  const name = categories[category] ?? wordsOf(category);
  return Object.keys(segment).length === 0 ? name : `${segmentText(segment)} · ${name}`;
}

const wordsOf = (value: string): string => {
  const words = value.replaceAll('-', ' ');
  return /^\d{4} W?\d{2}$/.test(words) ? value : words.charAt(0).toUpperCase() + words.slice(1);
};
