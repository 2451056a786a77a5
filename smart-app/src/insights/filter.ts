/** What is looked at, as the address has it: every view can be kept and sent on. */
import { type MetricQuestion, SEGMENT_NAMES, type SegmentName } from '@refloop/server/client/insights';

export type View = {
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
export function viewOf(search: string): View {
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

export function searchOf(view: View): string {
  const given = new URLSearchParams();
  for (const key of KEYS) if (view[key] !== undefined) given.set(key, view[key]);
  if (view.by !== 'specialty') given.set('by', view.by);
  return given.toString();
}

export const hashOf = (view: View): string => {
  const search = searchOf(view);
  return search === '' ? '#insights' : `#insights?${search}`;
};

/** The address of a metric in this view, whole or told apart. */
export function metricPath(metric: string, view: View, by: SegmentName | undefined): string {
  const { by: _by, ...filter } = view;
  const asked: MetricQuestion = Object.fromEntries(Object.entries({ ...filter, by }).filter(([, value]) => value !== undefined));
  const search = new URLSearchParams(asked as Record<string, string>).toString();
  return `/insights/metrics/${metric}${search === '' ? '' : `?${search}`}`;
}
