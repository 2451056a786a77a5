/**
 * What is a clinician's to settle after the order: the patient said no, the EHR waits for their signature, another specialist is proposed to
 * them. Whoever covers for them does so in their place.
 */
import type { ObligationKind } from '@refloop/domain/sla/service-levels';
import { coveredBy } from '../grants/in-force.ts';
import type { Session } from '../sessions/session.ts';
import type { StoredObligation } from '../store/obligations.ts';
import type { Unit } from '../store/store.ts';
import { isClinician } from './prepared.ts';

/** Settled in the thread, or in the EHR. */
export const IN_THREAD: readonly ObligationKind[] = ['hear-decline', 'sign-in-ehr'];
/** Answered on the list of one's own work. */
export const TO_APPROVE: ObligationKind = 'approve-performer';
export const CLINICIANS_OWN: readonly ObligationKind[] = [...IN_THREAD, TO_APPROVE];

/** Whether something that is open is a covered clinician's to settle. */
export async function settlesInPlace(unit: Unit, session: Session, open: readonly StoredObligation[], now: Date): Promise<boolean> {
  const owners = open.filter(({ kind }) => CLINICIANS_OWN.some((each) => each === kind)).map(({ owner }) => owner);
  if (owners.length === 0 || !isClinician(session)) return false;
  return (await coveredBy(unit, session.subject, now)).some(({ subject }) => owners.includes(subject));
}
