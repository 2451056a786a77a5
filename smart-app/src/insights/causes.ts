/** Causes of lost referrals: which the practice can do something about, and what they are called. A category is `way/group/cause`. */
import type { MetricAnswer, MetricRow } from '@refloop/server/client/insights';

/** Access, network gap, data, process and habit; a lawful choice, a denial, an end and what is not known are none. */
const AVOIDABLE = new Set(['access', 'network-gap', 'data', 'process', 'habit']);

export const isAvoidable = (category: string | null): boolean => AVOIDABLE.has(category?.split('/')[1] ?? '');

/** `Leaked. The wait was too long` as `leaked: the wait was too long`, to stand within a sentence. */
export function wordsOfCause({ categories }: Pick<MetricAnswer['metric'], 'categories'>, category: string | null): string {
  const words = categories[category ?? ''] ?? category ?? '';
  return words
    .split('. ')
    .map((part) => part.charAt(0).toLowerCase() + part.slice(1))
    .join(': ');
}

/** The avoidable first, each kind by how many it lost; what lost nobody is left out. */
export function causesToShow(rows: readonly MetricRow[], most: number): MetricRow[] {
  const lost = (row: MetricRow): number => row.parts['lost'] ?? 0;
  const some = rows.filter((row) => lost(row) > 0).toSorted((one, other) => lost(other) - lost(one));
  const avoidable = some.filter(({ category }) => isAvoidable(category)).slice(0, most);
  return [...avoidable, ...some.filter(({ category }) => !isAvoidable(category))];
}
