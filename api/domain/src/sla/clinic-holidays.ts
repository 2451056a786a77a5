/** The days on which clinics in the United States close, besides Saturdays and Sundays. A site may have others. */
import type { Day } from '../instant.ts';

const DAY_MS = 86_400_000;
const dayText = (ms: number): Day => new Date(ms).toISOString().slice(0, 10);

/** The nth such weekday of a month (0 is January, Sunday 0); the last one where `nth` is −1. */
function nthWeekday(year: number, month: number, weekday: number, nth: number): number {
  if (nth === -1) {
    const last = Date.UTC(year, month + 1, 0);
    return last - ((new Date(last).getUTCDay() - weekday + 7) % 7) * DAY_MS;
  }
  const first = Date.UTC(year, month, 1);
  return first + (((weekday - new Date(first).getUTCDay() + 7) % 7) + (nth - 1) * 7) * DAY_MS;
}

/** One that falls on a Saturday is kept on the Friday before, on a Sunday on the Monday after. */
function observed(ms: number): number {
  const weekday = new Date(ms).getUTCDay();
  if (weekday === 6) return ms - DAY_MS;
  return weekday === 0 ? ms + DAY_MS : ms;
}

/** The federal holidays (5 U.S.C. 6103) without Washington's Birthday, Columbus Day and Veterans Day, on which clinics are open. */
export const clinicHolidaysOf = (year: number): Day[] =>
  [
    observed(Date.UTC(year, 0, 1)),
    nthWeekday(year, 0, 1, 3),
    nthWeekday(year, 4, 1, -1),
    observed(Date.UTC(year, 5, 19)),
    observed(Date.UTC(year, 6, 4)),
    nthWeekday(year, 8, 1, 1),
    nthWeekday(year, 10, 4, 4),
    observed(Date.UTC(year, 11, 25)),
  ].map(dayText);
