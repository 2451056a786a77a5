/**
 * When somebody of the practice gets to what they owe: in their opening hours, some time after it came up, or once what others owe is late. Drawn from the
 * rates of the simulated practice where it has one; the others are ours. Each thing that is owed has draws of its own.
 */
import { drawsOf } from '@refloop/domain/practice/draws';
import { REVIEW_HOURS, SEND_HOURS } from '@refloop/domain/practice/rates';
import { addBusinessHours, type BusinessCalendar, businessMsBetween } from '@refloop/domain/sla/business-time';
import { personKey } from '../visit.ts';

/** An open obligation, as the worklist has it. */
export type Owed = { patientName: string; kind: string; since: string; dueAt: string };

/** In business hours; nine of them are a day. Of what is not here the first but two are a median's. */
const AFTER_IT_CAME_UP: Readonly<Record<string, { median: number; sigma: number }>> = {
  send: SEND_HOURS,
  review: REVIEW_HOURS,
  reroute: { median: 2, sigma: 0.6 },
  'confirm-cancellation': { median: 4, sigma: 0.6 },
  'check-on-patient': { median: 0.1, sigma: 0.1 },
  'answer-patient': { median: 2, sigma: 0.6 },
  'hear-decline': { median: 5, sigma: 0.8 },
};
/** What others owe is asked for once it is late, and again so often. */
const ONCE_IT_IS_LATE: readonly string[] = ['answer', 'book', 'rebook', 'confirm-visit', 'note'];
const LATE_HOURS = { median: 1.5, sigma: 0.6 };
const AGAIN_HOURS = 9;

const MINUTE_MS = 60_000;

/** Whether the clinic is open. */
export const isOpenAt = (now: Date, calendar: BusinessCalendar): boolean =>
  businessMsBetween(now.toISOString(), new Date(now.getTime() + MINUTE_MS).toISOString(), calendar) > 0;

/**
 * @param times how often they have got to it already
 * @returns undefined where they leave it: it is nobody's of the played people, or takes a judgement that no draw can stand in for
 */
export function getsToItAt(
  seed: string,
  { patientName, kind, since, dueAt }: Owed,
  times: number,
  calendar: BusinessCalendar,
): Date | undefined {
  // Of nothing that is made anew each time, so that the same seed draws the same.
  const draws = drawsOf(`${seed}/${personKey(patientName)}/${kind}`);
  const own = AFTER_IT_CAME_UP[kind];
  if (own) return new Date(addBusinessHours(since, draws.logNormal(own.median, own.sigma) + times * AGAIN_HOURS, calendar));
  if (!ONCE_IT_IS_LATE.includes(kind)) return undefined;
  return new Date(addBusinessHours(dueAt, draws.logNormal(LATE_HOURS.median, LATE_HOURS.sigma) + times * AGAIN_HOURS, calendar));
}

/** So often an office is called that does not answer; then another is asked. Ours. */
export const CALLS_BEFORE_ANOTHER = 2;
