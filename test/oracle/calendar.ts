/** Days as the oracle reckons them. */
export type Day = string;

const MS = 86_400_000;

export const dayNumber = (instant: string): number => Math.floor(Date.parse(instant) / MS);
export const addDays = (day: Day, days: number): Day => new Date(Date.parse(day) + days * MS).toISOString().slice(0, 10);
export const dayText = (day: number): Day => new Date(day * MS).toISOString().slice(0, 10);
