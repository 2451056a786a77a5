/** Instants as calendar days where the practice is. */
import type { Day, Instant } from '@refloop/domain/instant';
import { dayOf } from '@refloop/domain/instant';

/** Time zones differ from UTC by whole quarters of an hour, so that within one the day does not change. */
const QUARTER_MS = 900_000;
/** Six years of quarters; more than a refresh meets. */
const MOST_KEPT = 200_000;

export type DayOf = (instant: Instant) => Day;

/**
 * @param timezone IANA name, such as `America/Chicago`. Throws a RangeError where there is no such zone.
 */
export function dayIn(timezone: string): DayOf {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: timezone, year: 'numeric', month: '2-digit', day: '2-digit' });
  if (format.resolvedOptions().timeZone === 'UTC') return dayOf;
  const days = new Map<number, Day>();
  return (instant) => {
    const quarter = Math.floor(Date.parse(instant) / QUARTER_MS);
    const known = days.get(quarter);
    if (known !== undefined) return known;
    const parts = new Map(format.formatToParts(quarter * QUARTER_MS).map(({ type, value }) => [type, value]));
    const day = `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
    if (days.size >= MOST_KEPT) days.clear();
    days.set(quarter, day);
    return day;
  };
}

/** The day before and the day after in UTC hold every day of every zone, which are at most 14 hours from it. */
const REACH_MS = 48 * 3_600_000;

/**
 * The last millisecond of a day.
 * @param timezone IANA name. Throws a RangeError where there is no such zone
 */
export function lastInstantIn(timezone: string, day: Day): Instant {
  const dayOfInstant = dayIn(timezone);
  const begins = Date.parse(`${day}T00:00:00.000Z`);
  for (let end = begins + REACH_MS; end > begins - REACH_MS; end -= QUARTER_MS) {
    const last = new Date(end - 1).toISOString();
    if (dayOfInstant(last) === day) return last;
  }
  throw new RangeError(`There is no ${day} in ${timezone}.`);
}
