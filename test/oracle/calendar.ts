/** Days as the oracle reckons them. */
export type Day = string;

const MS = 86_400_000;

export const dayNumber = (instant: string): number => Math.floor(Date.parse(instant) / MS);
export const addDays = (day: Day, days: number): Day => new Date(Date.parse(day) + days * MS).toISOString().slice(0, 10);
export const dayText = (day: number): Day => new Date(day * MS).toISOString().slice(0, 10);

/** ISO 8601: weeks begin on Monday, and the first of a year is the one that has its first Thursday. */
export function weekOf(day: number): string {
  // 1 January 1970 was a Thursday.
  const thursday = day - ((((day + 3) % 7) + 7) % 7) + 3;
  const year = new Date(thursday * MS).getUTCFullYear();
  const week = Math.floor((thursday - Date.UTC(year, 0, 1) / MS) / 7) + 1;
  return `${year}-W${String(week).padStart(2, '0')}`;
}
