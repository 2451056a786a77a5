/** What may be an emergency, from a number that no patient here has: one person is told by name, and settles it among the exceptions. */
import { inTurn, reached } from '@refloop/domain/sla/staff';
import type { IncomingText } from '../../client/patient.ts';
import { digest } from '../../sessions/token.ts';
import type { Unit } from '../../store/store.ts';
import { minutesLater } from '../due.ts';
import { staffIn } from '../engine/staff.ts';

export const UNKNOWN_NUMBER = 'unknown-number';

/** As for a patient who is known (`check-on-patient`). */
const WITHIN_MINUTES = 15;

/**
 * A lead in turn, else a coordinator, or who stands in for them; where a site has neither, an administrator by grant, else the first that the
 * site entry names, by fhirUser, as each entry does that takes texts (sites.ts).
 */
async function ownerOf(unit: Unit, id: string, firstAdmins: readonly string[], now: string): Promise<string | null> {
  const staff = await staffIn(unit, now);
  const subject = inTurn('lead', id, staff) ?? inTurn('coordinator', id, staff);
  if (subject !== undefined) return reached(staff, subject).subject;
  const admin = (await unit.grants.list()).find(({ roles }) => roles.includes('admin'));
  return admin?.subject ?? firstAdmins[0] ?? null;
}

/** The same message twice is one. @param firstAdmins of the site entry, by fhirUser */
export async function raiseUnknownNumber(
  unit: Unit,
  { id: messageId, from, text }: IncomingText,
  firstAdmins: readonly string[],
  now: string,
): Promise<void> {
  const id = `${UNKNOWN_NUMBER}-${digest(messageId).slice(0, 32)}`;
  await unit.obligations.insert({
    id,
    // Of no referral: it stands by itself.
    referralId: id,
    kind: UNKNOWN_NUMBER,
    raisedAt: now,
    dueAt: minutesLater(new Date(now), WITHIN_MINUTES),
    owner: await ownerOf(unit, id, firstAdmins, now),
    raisedBy: null,
    content: {
      specialtyName: '',
      patientName: '',
      detail: `Somebody wrote from ${from} of what may be an emergency, and was told to call 911. No patient here has this number. Call them, then settle it under Exceptions. They wrote: “${text}”`,
    },
  });
}
