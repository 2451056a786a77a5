/** How a report says a number: a value never without interval and n. */
import type { MetricHead, MetricRow, MetricUnit, SegmentValues } from '@refloop/analytics/metric-result';
import type { SafeRow } from '@refloop/analytics/small-cells';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const one = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export const countText = (count: number | null): string => (count === null ? 'not told' : whole.format(count));

/** Told with a tenth, as its interval is. */
export const isMean = (unit: MetricUnit): boolean => unit === 'per-referral' || unit === 'minutes';

export function valueText(value: number | null, unit: MetricUnit): string {
  if (value === null) return '–';
  if (unit === 'share') return `${one.format(100 * value)} %`;
  if (isMean(unit)) return unit === 'minutes' ? `${one.format(value)} min` : one.format(value);
  return unit === 'days' ? `${whole.format(value)} ${Math.round(value) === 1 ? 'day' : 'days'}` : whole.format(value);
}

const bare = (value: number, unit: MetricUnit): string =>
  unit === 'share' ? one.format(100 * value) : (isMean(unit) ? one : whole).format(value);

export function intervalText({ low, high }: Pick<MetricRow, 'low' | 'high'>, unit: MetricUnit): string {
  if (low === null) return '–';
  return high === null ? `${bare(low, unit)} or more` : `${bare(low, unit)} to ${bare(high, unit)}`;
}

const wordsOf = (value: string): string => {
  const words = /^\d{4}-\d{2}$/.test(value) ? value : value.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

export const segmentText = (segment: SegmentValues): string =>
  Object.values(segment)
    .flatMap((value) => (value === undefined ? [] : [wordsOf(value)]))
    .join(' · ') || 'All';

export function rowText(
  { categories }: Pick<MetricHead, 'categories'>,
  { segment, category }: Pick<SafeRow, 'segment' | 'category'>,
): string {
  if (category === null) return segmentText(segment);
  const name = categories[category] ?? wordsOf(category);
  return Object.keys(segment).length === 0 ? name : `${segmentText(segment)} · ${name}`;
}

export const targetText = ({ target, unit }: Pick<MetricHead, 'target' | 'unit'>): string =>
  target === null ? 'none set' : `${target.direction === 'at-least' ? 'at least' : 'at most'} ${valueText(target.value, unit)}`;

/** What a metric counts, as a section of its own. */
export const definitionLines = (metric: MetricHead): string[] => [
  `${metric.definition} (version ${metric.version})`,
  `Counted: ${metric.numerator} Out of: ${metric.denominator} Left out: ${metric.exclusions}`,
  ...(metric.clock === null ? [] : [`Clock: ${metric.clock}`]),
  `Source: ${metric.source}`,
  ...metric.caveats.map((caveat) => `Caveat: ${caveat}`),
];
