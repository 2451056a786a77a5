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

/** Owned in a colleague's place: they answer it on the list of their own work, and nothing else of the referral is theirs by it. */
export const isAnsweredInPlace = ({ kind, owner, raisedBy }: StoredObligation): boolean => kind === TO_APPROVE && owner !== raisedBy;

/** Whether somebody is proposed to a clinician for whom this person covers. */
export async function answersInPlace(unit: Unit, session: Session, open: readonly StoredObligation[], now: Date): Promise<boolean> {
  const requesters = open.filter(({ kind }) => kind === TO_APPROVE).map(({ raisedBy }) => raisedBy);
  if (requesters.length === 0 || !isClinician(session)) return false;
  return (await coveredBy(unit, session.subject, now)).some(({ subject }) => requesters.includes(subject));
}

/** Whether something that is open is a covered clinician's to settle in the thread. */
export async function settlesInPlace(unit: Unit, session: Session, open: readonly StoredObligation[], now: Date): Promise<boolean> {
  const owners = open.filter(({ kind }) => IN_THREAD.some((each) => each === kind)).map(({ owner }) => owner);
  if (owners.length === 0 || !isClinician(session)) return false;
  return (await coveredBy(unit, session.subject, now)).some(({ subject }) => owners.includes(subject));
}
