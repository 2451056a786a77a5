/**
 * Whom the clinician approved: the one who was chosen, where they said so others who may be asked too, and whoever was proposed to them since
 * and approved. Nobody else is asked (R57).
 */
import { wasNeverAsked } from './attempt.ts';
import type { Performer } from './event.ts';
import type { Referral } from './referral.ts';

/** The chosen one first. Nobody before an approval. */
export const approvedOptions = ({ order, furtherApproved }: Pick<Referral, 'order' | 'furtherApproved'>): Performer[] =>
  order.status === 'draft' ? [] : [order.approval.performer, ...order.approval.alternates, ...furtherApproved];

/** Whether a clinician approved this person, at this place. */
export const isApproved = (referral: Pick<Referral, 'order' | 'furtherApproved'>, { entryId, npi }: Performer): boolean =>
  approvedOptions(referral).some((each) => each.entryId === entryId && each.npi === npi);

/** NPIs of whoever was asked: not of those who were not asked after all. */
export const askedNpis = ({ attempts }: Pick<Referral, 'attempts'>): Set<string> =>
  new Set(attempts.filter((attempt) => !wasNeverAsked(attempt)).map(({ performer }) => performer.npi));

/** Those of them who were never asked, each person once. */
export function openOptions(referral: Pick<Referral, 'order' | 'attempts' | 'furtherApproved'>): Performer[] {
  const asked = askedNpis(referral);
  return approvedOptions(referral).filter(({ npi }) => !asked.has(npi));
}
