/** A visit that stands in an office's calendar for an order that is over: it is cancelled there, or the patient comes for nothing. */
import { type Appointment, type Attempt, isEnded } from './attempt.ts';
import type { Referral } from './referral.ts';

/** Not in force now, and not over: it is unsigned in the EHR, or put on hold there. */
export const isHeld = ({ order }: Pick<Referral, 'order'>): boolean => order.status === 'awaiting-signature' || order.status === 'on-hold';

export const isOver = ({ order }: Pick<Referral, 'order'>): boolean => order.status === 'revoked' || order.status === 'ended';

/**
 * With the office that was asked last, until it is told what became of it: cancelled, missed or kept. A visit at its time or later is that,
 * also where it does not say of which appointment.
 */
export function stillBooked(referral: Referral): { attempt: Attempt; appointment: Appointment } | undefined {
  const attempt = referral.attempts.at(-1);
  if (!isOver(referral) || !attempt || isEnded(attempt)) return undefined;
  const appointment = attempt.appointments.findLast(({ status }) => status === 'booked');
  if (!appointment || attempt.visits.some((at) => at !== null && at >= appointment.startsAt)) return undefined;
  return { attempt, appointment };
}
