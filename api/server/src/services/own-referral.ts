/** Whose a referral is to see and to work on. */
import type { Referral } from '@refloop/domain/referral/referral';
import { problem, type Refusal, Refused } from '../problem.ts';
import type { Session } from '../sessions/session.ts';
import type { StoredObligation } from '../store/obligations.ts';
import type { Unit } from '../store/store.ts';
import { isAnsweredInPlace } from './clinicians-own.ts';

/**
 * Coordinators and leads see all of it and work on any; everybody else what they ordered, own or were told of, and work on what they own: where
 * nobody coordinates that is the clinician who ordered.
 */
export const seesAll = ({ roles }: Pick<Session, 'roles'>): boolean => roles.includes('coordinator') || roles.includes('lead');

export const noSuchReferral = (): Refusal => problem('not-found', 'There is no referral with this number here. Reload the list.');

/** Not by an answer alone that is given in a colleague's place. */
export const isToWorkOn = (row: StoredObligation, { subject }: Pick<Session, 'subject'>): boolean =>
  row.owner === subject && !isAnsweredInPlace(row);

/** Subject of the clinician whose order it is; null before it is approved. */
export const requesterOf = ({ order }: Referral): string | null => (order.status === 'draft' ? null : order.approval.requester);

/** Refused as what is not there: whose a referral is, is nobody else's business. */
export async function requireOwn(unit: Unit, session: Session, referralId: string): Promise<void> {
  if (seesAll(session)) return;
  const open = await unit.obligations.openOf(referralId);
  if (!open.some((row) => isToWorkOn(row, session))) throw new Refused(noSuchReferral());
}
