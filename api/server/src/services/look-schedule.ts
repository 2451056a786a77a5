/** When Refloop's own reconciliation looks into a write-back whose window has gone silent. */
import type { Instant } from '@refloop/domain/instant';

const MINUTE_MS = 60_000;
/** The approving window needs seconds, and its lease a minute to end. */
const FIRST_LOOK_MS = 2 * MINUTE_MS;
/** A person may take until tomorrow; looking more often would tell nothing new. The last one repeats. */
const NEXT_LOOKS_MS = [10, 60, 360, 1440].map((minutes) => minutes * MINUTE_MS);
/** After so many looks, about a fortnight, the plan is left to its person and to the list of exceptions. */
const MOST_LOOKS = 16;

export const firstLookAt = (approvedAt: Date): Instant => new Date(approvedAt.getTime() + FIRST_LOOK_MS).toISOString();

/** @param looks how often it has been looked into before this time */
export function nextLookAt(looks: number, now: Date): Instant | null {
  if (looks + 1 >= MOST_LOOKS) return null;
  const wait = NEXT_LOOKS_MS[Math.min(looks, NEXT_LOOKS_MS.length - 1)] ?? 1440 * MINUTE_MS;
  return new Date(now.getTime() + wait).toISOString();
}
