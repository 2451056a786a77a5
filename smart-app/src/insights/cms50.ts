/** What the CMS50 view says in words: the two rates, what lies between them, and who is too few to be told. */
import { FEWEST_TO_JUDGE } from '@refloop/domain/fewest-to-judge';
import type { MetricAnswer, MetricRow } from '@refloop/server/client/insights';
import { plainDate } from '../words/plain-date.ts';
import { countText, intervalText, sizeOf, valueText } from './figures.ts';
import type { Filter } from './filter.ts';

/** Whole years of which there are orders, the newest first. */
export const yearsOf = (months: readonly string[]): string[] =>
  [...new Set(months.filter((month) => /^\d{4}-\d{2}$/.test(month)).map((month) => month.slice(0, 4)))].sort().reverse();

export const ofYear = (filter: Filter, year: string): Filter => ({ ...filter, from: `${year}-01`, to: `${year}-12` });

/** Of which months of the year the view is, where it is not of all: to be said, since the measure is of a year. */
export function monthsText({ from, to }: Filter, year: number): string | null {
  const [first, last] = [`${year}-01`, `${year}-12`];
  const [begins, ends] = [from === undefined || from <= first ? first : from, to === undefined || to >= last ? last : to];
  return begins === first && ends === last
    ? null
    : `Only orders of ${plainDate(begins)} to ${plainDate(ends)}; the measure is of the whole year.`;
}

const rate = (row: MetricRow, of: string): string =>
  row.value === null
    ? `no ${of} can be counted`
    : `${valueText(row.value, 'share')} (95 %: ${intervalText(row, 'share')}, n ${countText(row.n)} ${of})`;

/** `Why 44.8 % here and 44.1 % there`, each with its interval and n; undefined where there is nothing to compare. */
export function reconciliationSentence({ rows }: Pick<MetricAnswer, 'rows'>): string | undefined {
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last) return undefined;
  return `Our closed-loop rate: ${rate(first, 'referrals')}. CMS50, as far as our referrals tell: ${rate(last, 'patients')}.`;
}

/** What a step changed, in words: `1,393 more looked at, 432 more count`. */
export function changeText({ parts }: Pick<MetricRow, 'parts'>): string {
  const said = (name: string, words: string): string[] => {
    const count = parts[name] ?? 0;
    return count === 0 ? [] : [`${countText(count)} ${words}`];
  };
  const changes = [
    ...said('added', 'more looked at'),
    ...said('removed', 'no longer looked at'),
    ...said('gained', 'more count'),
    ...said('lost', 'no longer count'),
  ];
  return changes.join(', ') || 'Nothing changes';
}

/** Those with enough patients, the most first; how many have too few. */
export function enoughToTell(rows: readonly MetricRow[]): { told: MetricRow[]; tooFew: number; patients: number } {
  const some = rows.filter((row) => sizeOf(row) > 0);
  const few = some.filter((row) => sizeOf(row) < FEWEST_TO_JUDGE);
  return {
    told: some.filter((row) => sizeOf(row) >= FEWEST_TO_JUDGE).toSorted((one, other) => sizeOf(other) - sizeOf(one)),
    tooFew: few.length,
    patients: few.reduce((sum, row) => sum + sizeOf(row), 0),
  };
}
