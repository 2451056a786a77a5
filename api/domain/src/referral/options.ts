/**
 * Whom the clinician approved: the one who was chosen and, where they said so, others who may be asked too. Nobody else is asked without an
 * approval of their own (R57).
 */
import type { Performer } from './event.ts';
import type { Referral } from './referral.ts';

/** The chosen one first. Nobody before an approval. */
export const approvedOptions = ({ order }: Pick<Referral, 'order'>): Performer[] =>
  order.status === 'draft' ? [] : [order.approval.performer, ...order.approval.alternates];

/** Those of them who were never asked, each person once. */
export function openOptions(referral: Pick<Referral, 'order' | 'attempts'>): Performer[] {
  const asked = new Set(referral.attempts.map(({ performer }) => performer.npi));
  return approvedOptions(referral).filter(({ npi }) => !asked.has(npi));
}
