const MILLISECONDS_A_DAY = 86_400_000;

/** The calendar day (`2026-11-20`) that lies `days` before a day; negative `days` lie after it. */
export const dayBefore = (asOf: string, days: number): string =>
  new Date(Date.parse(`${asOf}T00:00:00Z`) - days * MILLISECONDS_A_DAY).toISOString().slice(0, 10);

/** A moment on the day that lies `days` before `asOf`; `time` is UTC, `HH:MM`. */
export const momentBefore = (asOf: string, days: number, time: string): string => `${dayBefore(asOf, days)}T${time}:00.000Z`;

/** Somebody's birthday who is `years` old on `asOf` and whose last birthday was `days` (0–364) ago. */
export function birthDateOf(asOf: string, years: number, days: number): string {
  const lastBirthday = dayBefore(asOf, days);
  const born = `${String(Number(lastBirthday.slice(0, 4)) - years).padStart(4, '0')}${lastBirthday.slice(4)}`;
  // 29 February exists only in leap years.
  return born.endsWith('-02-29') ? `${born.slice(0, 8)}28` : born;
}
