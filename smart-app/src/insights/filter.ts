/** What is looked at, as the address has it: `#insights/operations?from=2026-01&by=site`. Every view can be kept and sent on. */
import { type InsightsStatus, SEGMENT_NAMES, type SegmentName } from '@refloop/server/client/insights';
import { plainDate } from '../words/plain-date.ts';

/** Which referrals are looked at, and what they are told apart by. */
export type Filter = {
  from: string | undefined;
  to: string | undefined;
  specialty: string | undefined;
  site: string | undefined;
  payer: string | undefined;
  by: SegmentName;
};

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;
const KEYS = ['from', 'to', 'specialty', 'site', 'payer'] as const;

const isSegment = (value: string | null): value is SegmentName => SEGMENT_NAMES.some((name) => name === value);

/** @param search what follows the question mark; a part that makes no sense is left out */
export function filterOf(search: string): Filter {
  const given = new URLSearchParams(search);
  const text = (key: string): string | undefined => given.get(key)?.slice(0, 200) || undefined;
  const month = (key: string): string | undefined => (MONTH.test(given.get(key) ?? '') ? text(key) : undefined);
  const by = given.get('by');
  return {
    from: month('from'),
    to: month('to'),
    specialty: text('specialty'),
    site: text('site'),
    payer: text('payer'),
    by: isSegment(by) ? by : 'specialty',
  };
}

export function searchOf(filter: Filter): string {
  const given = new URLSearchParams();
  for (const key of KEYS) if (filter[key] !== undefined) given.set(key, filter[key]);
  if (filter.by !== 'specialty') given.set('by', filter.by);
  return given.toString();
}

/** @param view its id in views.ts */
export const hashOf = (view: string, filter: Filter): string => {
  const search = searchOf(filter);
  return search === '' ? `#insights/${view}` : `#insights/${view}?${search}`;
};

/** What the API is asked to look at: the filter without what it is told apart by. */
export function questionOf({ by: _by, ...looked }: Filter): Record<string, string> {
  return Object.fromEntries(Object.entries(looked).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

/** An address of `/insights…` with the filter, and what else is asked. */
export function insightsPath(path: string, filter: Filter, more: Record<string, string> = {}): string {
  const search = new URLSearchParams({ ...questionOf(filter), ...more }).toString();
  return `/insights/${path}${search === '' ? '' : `?${search}`}`;
}

/** The address of a metric with this filter, whole or told apart by one thing or two. */
export const metricPath = (metric: string, filter: Filter, by: SegmentName | undefined, alsoBy?: SegmentName): string =>
  insightsPath(`metrics/${metric}`, filter, by === undefined ? {} : { by: alsoBy === undefined ? by : `${by},${alsoBy}` });

const CHOSEN = ['specialty', 'site', 'payer'] as const;

/** Why nothing can be found with this filter, and what to do; undefined where something may be. @param choices what there is to choose from */
export function filterTrouble(
  filter: Filter,
  choices: Pick<InsightsStatus['choices'], 'specialty' | 'site' | 'payer'>,
): string | undefined {
  const { from, to } = filter;
  if (from !== undefined && to !== undefined && from > to)
    return `The first month, ${plainDate(from)}, is after the last, ${plainDate(to)}: no referral lies between them. Choose an earlier first month or a later last one.`;
  const missing = CHOSEN.find((key) => filter[key] !== undefined && !choices[key].includes(filter[key]));
  if (missing === undefined) return undefined;
  return `No referral is of the ${missing} “${filter[missing]}”. Choose another ${missing}, or all of them.`;
}
