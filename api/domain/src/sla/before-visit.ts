/** By when something has to be done of a visit that is not to take place: while there is still time to take it off the calendar. */
import type { Instant } from '../instant.ts';
import type { Referral } from '../referral/referral.ts';
import { lastClosingBefore } from './business-time.ts';
import { calendarFor, levelFor, type SlaPolicy } from './policy.ts';
import { OBLIGATION_KINDS } from './service-levels.ts';
import { after } from './span.ts';

const earlier = (one: Instant, other: Instant): Instant => (one < other ? one : other);

/**
 * The time that its own service level gives it, but no later than the clinic closes on the last business day before the visit. Where that is past
 * when it begins, as soon as this policy wants anything, and never after the visit itself. Ours.
 *
 * @param from when it begins, before the visit @param dueAt by its own service level
 */
export function dueBeforeVisit(referral: Referral, policy: SlaPolicy, from: Instant, dueAt: Instant, startsAt: Instant): Instant {
  const lastTime = lastClosingBefore(startsAt, calendarFor(policy, referral));
  return earlier(dueAt, earlier(startsAt, lastTime > from ? lastTime : soonest(referral, policy, from)));
}

/** By the shortest time that this policy names for a referral of its urgency. */
function soonest(referral: Referral, policy: SlaPolicy, from: Instant): Instant {
  const calendar = calendarFor(policy, referral);
  const ends = OBLIGATION_KINDS.map((kind) => after(from, levelFor(policy, kind, referral).within[referral.urgency], calendar));
  return ends.filter((at) => at > from).reduce(earlier);
}
