/** Whose a referral is to see and to work on. */
import { problem, type Refusal, Refused } from '../problem.ts';
import type { Session } from '../sessions/session.ts';
import type { Unit } from '../store/store.ts';

/**
 * Coordinators and leads see all of it and work on any; everybody else what they own or were told of, and work on what they own: where nobody
 * coordinates that is the clinician who ordered.
 */
export const seesAll = ({ roles }: Pick<Session, 'roles'>): boolean => roles.includes('coordinator') || roles.includes('lead');

export const noSuchReferral = (): Refusal => problem('not-found', 'There is no referral with this number here. Reload the list.');

/** Refused as what is not there: whose a referral is, is nobody else's business. */
export async function requireOwn(unit: Unit, session: Session, referralId: string): Promise<void> {
  if (seesAll(session)) return;
  const open = await unit.obligations.openOf(referralId);
  if (!open.some(({ owner }) => owner === session.subject)) throw new Refused(noSuchReferral());
}
