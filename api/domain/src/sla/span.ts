/** A span of time on one of two clocks: the wall’s, which never stops, and the practice’s, which runs while it is open. */
import type { Instant } from '../instant.ts';
import { addBusinessDays, addBusinessHours, type BusinessCalendar } from './business-time.ts';
import type { Span } from './service-levels.ts';

const HOUR_MS = 3_600_000;

type Known = { from: Instant; at: Instant };
const lastAsked = new WeakMap<BusinessCalendar, WeakMap<Span, Known>>();

/** So much later on its clock. The last answer of each span is remembered: a referral that is looked at again asks the same. */
export function after(from: Instant, span: Span, calendar: BusinessCalendar): Instant {
  const ofCalendar = lastAsked.get(calendar) ?? new WeakMap<Span, Known>();
  const known = ofCalendar.get(span);
  if (known?.from === from) return known.at;
  const at = later(from, span, calendar);
  ofCalendar.set(span, { from, at });
  lastAsked.set(calendar, ofCalendar);
  return at;
}

function later(from: Instant, span: Span, calendar: BusinessCalendar): Instant {
  if ('hours' in span && span.clock === 'business') return addBusinessHours(from, span.hours, calendar);
  if ('days' in span && span.clock === 'business') return addBusinessDays(from, span.days, calendar);
  const hours = 'hours' in span ? span.hours : span.days * 24;
  return new Date(Date.parse(from) + hours * HOUR_MS).toISOString();
}
