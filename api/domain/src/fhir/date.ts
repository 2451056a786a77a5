/** FHIR dates as written: `2026`, `2026-05`, `2026-05-12`, or with a time and zone. The day is the one the source wrote. */
import type { Day } from '../instant.ts';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

const SHAPE = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T.*)?)?)?$/;

/** The date part (`2026`, `2026-05` or `2026-05-12`); empty when the text is no FHIR date. */
export function datePart(value: unknown): string {
  if (typeof value !== 'string') return '';
  const found = SHAPE.exec(value.trim());
  if (!found) return '';
  const [, year, month, day] = found;
  if (month !== undefined && (Number(month) < 1 || Number(month) > 12)) return '';
  if (day !== undefined && (Number(day) < 1 || Number(day) > 31)) return '';
  return [year, month, day].filter((part) => part !== undefined).join('-');
}

/** `12 May 2026`, `May 2026` or `2026`. */
export function dateWords(date: string): string {
  const found = SHAPE.exec(date);
  if (!found) return '';
  const [, year = '', month, day] = found;
  if (month === undefined) return year;
  const name = MONTHS[Number(month) - 1] ?? '';
  return day === undefined ? `${name} ${year}` : `${Number(day)} ${name} ${year}`;
}

/** The same with a three-letter month, for headings: `15 Nov 2026`. */
export const shortDateWords = (date: string): string => dateWords(date).replace(/[A-Z][a-z]+/, (month) => month.slice(0, 3));

/** `on 12 May 2026`, `in May 2026`, `in 2026`; empty for no date. */
export function onDate(date: string): string {
  const words = dateWords(date);
  return words === '' ? '' : `${date.length === 10 ? 'on' : 'in'} ${words}`;
}

/** The first day the date may mean. */
export function earliestDay(date: string): Day {
  return date.length === 4 ? `${date}-01-01` : date.length === 7 ? `${date}-01` : date;
}

/** The last day the date may mean (a month counts 31 days, which compares rightly as text). */
export function latestDay(date: string): Day {
  return date.length === 4 ? `${date}-12-31` : date.length === 7 ? `${date}-31` : date;
}

/** Completed years from birth to a day; undefined without a full birth date, or for a birth in the future. */
export function ageInYears(birthDate: string, today: Day): number | undefined {
  if (birthDate.length !== 10 || birthDate > today) return undefined;
  const years = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return today.slice(5) < birthDate.slice(5) ? years - 1 : years;
}

/** Completed months; undefined as {@link ageInYears}. */
export function ageInMonths(birthDate: string, today: Day): number | undefined {
  if (birthDate.length !== 10 || birthDate > today) return undefined;
  const months =
    (Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4))) * 12 + (Number(today.slice(5, 7)) - Number(birthDate.slice(5, 7)));
  return today.slice(8) < birthDate.slice(8) ? months - 1 : months;
}
