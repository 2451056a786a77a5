/** The days and hours on which the simulated practice works: one time zone, weekdays, the federal holidays of the United States. */
import { addBusinessDays, addBusinessHours, type BusinessCalendar } from '@refloop/domain/sla/business-time';

const DAY_MS = 86_400_000;
const dayText = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

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

/** Those on which clinics close (5 U.S.C. 6103, without Washington's Birthday, Columbus Day and Veterans Day). */
export const holidaysOf = (year: number): string[] =>
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

export type PracticeTime = {
  calendar: BusinessCalendar;
  /** Milliseconds since 1970, so many hours of opening time after another moment. */
  afterHours: (from: number, hours: number) => number;
  afterDays: (from: number, days: number) => number;
};

/** @param firstYear @param lastYear whose holidays are known, both included */
export function practiceTime(firstYear: number, lastYear: number): PracticeTime {
  const years = Array.from({ length: lastYear - firstYear + 1 }, (_, at) => firstYear + at);
  const calendar: BusinessCalendar = { timeZone: 'America/Chicago', opens: 8, closes: 17, holidays: years.flatMap(holidaysOf) };
  const text = (ms: number): string => new Date(ms).toISOString();
  return {
    calendar,
    afterHours: (from, hours) => Date.parse(addBusinessHours(text(from), hours, calendar)),
    afterDays: (from, days) => Date.parse(addBusinessDays(text(from), days, calendar)),
  };
}
