/** A moment, ISO 8601 in UTC with milliseconds: `2026-11-20T10:57:14.000Z`. Sorts as text. */
export type Instant = string;
/** A calendar day, `2026-11-20`. Sorts as text. */
export type Day = string;

const MILLISECONDS_A_DAY = 86_400_000;

export const dayOf = (instant: Instant): Day => instant.slice(0, 10);

/** Whole calendar days from one day to another; negative when `to` is earlier. */
export const daysBetween = (from: Day, to: Day): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / MILLISECONDS_A_DAY);
