/** What offices still have of which nothing more is wanted: it is cancelled there, or the patient comes for nothing and they call for nothing. */
import { type Appointment, type Attempt, hasNothing, isEnded, isFree, type Moment, type WorkStatus } from './attempt.ts';
import { closedBy } from './closure.ts';
import type { Referral } from './referral.ts';
import { isLinked, type Report } from './report.ts';

/** Not in force now, and not over: it is unsigned in the EHR, or put on hold there. */
export const isHeld = ({ order }: Pick<Referral, 'order'>): boolean => order.status === 'awaiting-signature' || order.status === 'on-hold';

export const isOver = ({ order }: Pick<Referral, 'order'>): boolean => order.status === 'revoked' || order.status === 'ended';

/**
 * An office of which nothing more is wanted, what stands in its calendar if anything does, and since when it is not wanted; `isPassedOver`:
 * another was asked since.
 */
export type StillWith = { attempt: Attempt; appointment: Appointment | undefined; since: Moment; isPassedOver: boolean };

/**
 * Whom nothing more is wanted of: everybody where the order is over or the loop is closed, whoever was asked before where another was asked
 * since. A visit stays until it is told what became of it: cancelled, missed or kept; one at its time or later is that, also where it does not
 * say of which appointment. Without a visit whoever was asked last still has what they were asked and have not answered, and whoever was asked
 * before, what they were asked to let go of and have not said that they did.
 */
export function stillWith(referral: Referral): StillWith[] {
  const overSince = sinceOver(referral);
  const last = referral.attempts.at(-1);
  return referral.attempts.flatMap((attempt): StillWith[] => {
    const isLast = attempt === last;
    if (isEnded(attempt) || (isLast && overSince === undefined)) return [];
    const since = isLast || attempt.work.status !== 'cancellation-requested' ? (overSince ?? attempt.work.since) : attempt.work.since;
    const appointment = bookedStill(attempt);
    const hasIt = isLast ? isAsked(referral, attempt) : isToLetGo(attempt);
    return appointment || hasIt ? [{ attempt, appointment, since, isPassedOver: !isLast }] : [];
  });
}

const ASKED: readonly WorkStatus[] = ['sent', 'received', 'accepted', 'in-progress', 'cancellation-requested'];

/** It has the request before it, and nothing has come of it: it goes on until it hears that it need not. */
function isAsked({ reports }: Referral, { number, work, visits, appointments }: Attempt): boolean {
  const last = appointments.at(-1)?.status;
  if (visits.length > 0 || last === 'kept' || last === 'missed') return false;
  return ASKED.includes(work.status) && !reports.some((report) => isAnswer(report) && report.attempt === number);
}

/** Asked to stop, and no word that they did: they may call the patient all the same. Whoever saw the patient owes the note and nothing else. */
const isToLetGo = (attempt: Attempt): boolean =>
  attempt.work.status === 'cancellation-requested' && attempt.visits.length === 0 && !hasNothing(attempt);

/** A visit that stands in the calendar of this office, whatever became of the ones before it. */
export function bookedStill({ appointments, visits }: Attempt): Appointment | undefined {
  const appointment = appointments.findLast(({ status }) => status === 'booked');
  return appointment && !visits.some((at) => at !== null && at >= appointment.startsAt) ? appointment : undefined;
}

/** Since when nothing more is wanted of whoever was asked last; undefined where it still is. */
function sinceOver(referral: Referral): Moment | undefined {
  const { order } = referral;
  if (order.status === 'ended') return order.at;
  if (order.status === 'revoked') return order.seenAt;
  return closedBy(referral)?.reviewedAt;
}

/** Who was asked before, has seen the patient, and has not answered: another was asked since, and the note is waited for all the same. */
export const notesOfEarlier = (referral: Referral): Attempt[] =>
  isOver(referral) || closedBy(referral) ? [] : referral.attempts.slice(0, -1).filter((attempt) => owesNote(referral, attempt));

/**
 * The attempt of this number where nothing else is asked of its office any more and the note of a visit that took place there is still waited
 * for: another was asked since, or it is cancelled or declined.
 */
export function noteStillOwed(referral: Referral, number: number): Attempt | undefined {
  const last = referral.attempts.at(-1);
  const isCancelled = last && isFree(last) && isEnded(last) && !isOver(referral) && !closedBy(referral);
  const owing = [...notesOfEarlier(referral), ...(isCancelled && owesNote(referral, last) ? [last] : [])];
  return owing.find((attempt) => attempt.number === number);
}

/** It saw the patient, and has not answered. */
export const owesNote = ({ reports }: Referral, { number, visits }: Attempt): boolean =>
  visits.length > 0 && !reports.some((report) => isAnswer(report) && report.attempt === number);

const isAnswer = (report: Report): report is Extract<Report, { attempt: number }> => report.form === 'final' && isLinked(report);
