/** Days and times as the pages say them: the day as written, the time of the reader's clock. */
import { plainDay, plainMonth } from '@refloop/domain/matching/plain-words';
import { practiceTime } from './practice-time.ts';

/** `2026-11-03`, `2026-11` or `2026` as "3 Nov 2026", "Nov 2026", "2026". */
export function plainDate(date: string): string {
  if (/^\d{4}-\d{2}-\d{2}/.test(date)) return plainDay(date.slice(0, 10));
  return /^\d{4}-\d{2}$/.test(date) ? plainMonth(date) : date;
}

/** `2026-11-03` as "3 Nov", for a card where the year is plain. */
export function shortDay(date: string, thisYear: string): string {
  const day = plainDate(date);
  return day.endsWith(` ${thisYear}`) ? day.slice(0, -5) : day;
}

// Made once: a list of thousands of lines asks for many, and making one costs far more than using it.
const localDay = new Intl.DateTimeFormat('sv-SE');
const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** An instant as "09:41" today, "19 Nov 2026, 09:41" on other days. */
export function plainTime(instant: string, now: Date = practiceTime()): string {
  const at = new Date(instant);
  const clock = time.format(at);
  const day = localDay.format(at);
  return day === localDay.format(now) ? clock : `${plainDay(day)}, ${clock}`;
}

/** What is said of an entry, with its instants behind it: "For 8 Dec 2026, 09:00"; null where nothing is. */
export function detailText(detail: string | null, times: readonly string[], now: Date = practiceTime()): string | null {
  const told = [detail ?? '', times.map((at) => plainTime(at, now)).join('; ')].filter(Boolean).join(' ');
  return told === '' ? null : told;
}

const withSeconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** Milliseconds since the epoch as "09:41:20". */
export const plainClock = (at: number): string => withSeconds.format(at);

/** The reader's year, as four digits. */
export const thisYear = (): string => String(practiceTime().getFullYear());
