/** How long something has been open and how long it has left, in hours in which the practice is open. */
import type { Instant } from '../instant.ts';
import { type BusinessCalendar, businessMsBetween } from './business-time.ts';

const HOUR_MS = 3_600_000;
const tenth = (milliseconds: number): number => Math.round(milliseconds / (HOUR_MS / 10)) / 10;

export type OpeningHours = {
  /** Since it began, to a tenth of an hour. */
  ageBusinessHours: number;
  /** Until the deadline, to a tenth of an hour; negative once it is over. */
  leftBusinessHours: number;
};

/** Business days are counted and not walked through, so that a far deadline costs no more than a near one. */
export function openingHours({ since, dueAt }: { since: Instant; dueAt: Instant }, now: Instant, calendar: BusinessCalendar): OpeningHours {
  const left = dueAt >= now ? businessMsBetween(now, dueAt, calendar) : -businessMsBetween(dueAt, now, calendar);
  return { ageBusinessHours: tenth(businessMsBetween(since, now, calendar)), leftBusinessHours: tenth(left) };
}
