/** What may be an emergency, from a number that no patient here has: a lead is told by name, and settles it among the exceptions. */
import { inTurn, reached } from '@refloop/domain/sla/staff';
import type { IncomingText } from '../../client/patient.ts';
import { digest } from '../../sessions/token.ts';
import type { Unit } from '../../store/store.ts';
import { minutesLater } from '../due.ts';
import { staffIn } from '../engine/staff.ts';

export const UNKNOWN_NUMBER = 'unknown-number';

/** As for a patient who is known (`check-on-patient`). */
const WITHIN_MINUTES = 15;

/** The same message twice is one. Where nobody has the role of lead or coordinator it stands open, for whoever takes it. */
export async function raiseUnknownNumber(unit: Unit, { id: messageId, from, text }: IncomingText, now: string): Promise<void> {
  const id = `${UNKNOWN_NUMBER}-${digest(messageId).slice(0, 32)}`;
  const staff = await staffIn(unit, now);
  const subject = inTurn('lead', id, staff) ?? inTurn('coordinator', id, staff);
  await unit.obligations.insert({
    id,
    // Of no referral: it stands by itself.
    referralId: id,
    kind: UNKNOWN_NUMBER,
    raisedAt: now,
    dueAt: minutesLater(new Date(now), WITHIN_MINUTES),
    owner: subject === undefined ? null : reached(staff, subject).subject,
    raisedBy: null,
    content: {
      specialtyName: '',
      patientName: '',
      detail: `Somebody wrote from ${from} of what may be an emergency, and was told to call 911. No patient here has this number. Call them, then settle it under Exceptions. They wrote: “${text}”`,
    },
  });
}
