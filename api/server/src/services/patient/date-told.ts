/** Whether the patient was written of the date as it stands: where no message may leave, whoever reads the thread sees that nobody told them. */
import type { Instant } from '@refloop/domain/instant';
import type { ReferralEvent, ReferralFact } from '@refloop/domain/referral/event';
import { PATIENT_MAIL } from '../../channels/patient-mail.ts';
import { type PatientMessage, TEXT_MESSAGE } from '../../channels/text-message.ts';
import type { StoredEffect } from '../../store/outbox.ts';

/** The reminder of a visit that is soon tells its date as well. */
const TELLS_DATE: readonly PatientMessage['topic'][] = ['booked', 'called-off', 'day-before'];

const tellsDate = ({ kind, content, standing }: StoredEffect): boolean =>
  (kind === TEXT_MESSAGE || kind === PATIENT_MAIL) &&
  standing.status !== 'left-out' &&
  TELLS_DATE.includes((content as PatientMessage).topic);

type OfDate = Extract<
  ReferralFact,
  { type: 'appointment-booked' | 'appointment-cancelled' | 'attempt-declined' | 'cancellation-confirmed' }
>;
/** What sets a date or ends it: with an office that declines, or says that it is cancelled, its visit falls too. */
export const isOfDate = (fact: ReferralFact): fact is OfDate =>
  fact.type === 'appointment-booked' ||
  fact.type === 'appointment-cancelled' ||
  fact.type === 'attempt-declined' ||
  fact.type === 'cancellation-confirmed';

/** Of the date that was set or ended; undefined where none was booked with that office. */
function startOf(last: OfDate, events: readonly ReferralEvent[]): Instant | undefined {
  const booked = events.flatMap(({ fact }) => (fact.type === 'appointment-booked' ? [fact] : []));
  if ('appointmentId' in last) return booked.findLast(({ appointmentId }) => appointmentId === last.appointmentId)?.startsAt;
  const before = events
    .map(({ fact }) => fact)
    .findLast((fact) => isOfDate(fact) && 'appointmentId' in fact && fact.attempt === last.attempt);
  return before?.type === 'appointment-booked' ? before.startsAt : undefined;
}

/**
 * @param events of one referral, in order
 * @returns the sequence of the event that set or called off a visit still ahead, and of which nothing was asked to leave; undefined where the
 *   patient did it, was written to, or it is past
 */
export function dateNotTold(events: readonly ReferralEvent[], effects: readonly StoredEffect[], now: Instant): number | undefined {
  const of = events.filter(({ fact }) => isOfDate(fact));
  const last = of.at(-1);
  if (!last || !isOfDate(last.fact) || last.actor.kind === 'patient') return undefined;
  const { fact, sequence, recordedAt } = last;
  if (fact.type === 'appointment-cancelled' && fact.by === 'patient') return undefined;
  const startsAt = startOf(fact, of);
  if (startsAt === undefined || startsAt <= now) return undefined;
  // A message is asked for in the transaction of its event.
  return effects.some((effect) => effect.askedAt === recordedAt && tellsDate(effect)) ? undefined : sequence;
}
