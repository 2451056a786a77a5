/** Whether the patient was written of the date as it stands: where no message may leave, whoever reads the thread sees that nobody told them. */
import type { Instant } from '@refloop/domain/instant';
import type { ReferralEvent } from '@refloop/domain/referral/event';
import { TEXT_MESSAGE, type TextMessage } from '../../channels/text-message.ts';
import type { StoredEffect } from '../../store/outbox.ts';

/** The reminder of a visit that is soon tells its date as well. */
const TELLS_DATE: readonly TextMessage['topic'][] = ['booked', 'called-off', 'day-before'];

const tellsDate = ({ kind, content, standing }: StoredEffect): boolean =>
  kind === TEXT_MESSAGE && standing.status !== 'left-out' && TELLS_DATE.includes((content as TextMessage).topic);

/**
 * @param events of one referral, in order
 * @returns the sequence of the event that set or called off a visit still ahead, and of which nothing was asked to leave; undefined where the
 *   patient did it, was written to, or it is past
 */
export function dateNotTold(events: readonly ReferralEvent[], effects: readonly StoredEffect[], now: Instant): number | undefined {
  const last = events.findLast(({ fact }) => fact.type === 'appointment-booked' || fact.type === 'appointment-cancelled');
  if (!last || last.actor.kind === 'patient') return undefined;
  const { fact, sequence, recordedAt } = last;
  if (fact.type !== 'appointment-booked' && fact.type !== 'appointment-cancelled') return undefined;
  if (fact.type === 'appointment-cancelled' && fact.by === 'patient') return undefined;
  const startsAt = events
    .flatMap((each) =>
      each.fact.type === 'appointment-booked' && each.fact.appointmentId === fact.appointmentId ? [each.fact.startsAt] : [],
    )
    .at(-1);
  if (startsAt === undefined || startsAt <= now) return undefined;
  // A message is asked for in the transaction of its event.
  return effects.some((effect) => effect.askedAt === recordedAt && tellsDate(effect)) ? undefined : sequence;
}
