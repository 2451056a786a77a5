/**
 * Whom the clinician approved: the one who was chosen, where they said so others who may be asked too, and whoever was proposed to them since
 * and approved. Nobody else is asked (R57).
 */
import { type Attempt, wasNeverAsked } from './attempt.ts';
import type { Performer } from './event.ts';
import { wasRefused } from './proposal.ts';
import type { Referral } from './referral.ts';

type Approvals = Pick<Referral, 'order' | 'furtherApproved' | 'refusedPerformers'>;

/** The chosen one first. Nobody before an approval, and nobody whom a clinician refused since, at whichever place. */
export const approvedOptions = ({ order, furtherApproved, refusedPerformers }: Approvals): Performer[] =>
  order.status === 'draft'
    ? []
    : [order.approval.performer, ...order.approval.alternates, ...furtherApproved].filter(
        (each) => !wasRefused({ refusedPerformers }, each),
      );

/** Whether a clinician approved this person, at this place. */
export const isApproved = (referral: Approvals, { entryId, npi }: Performer): boolean =>
  approvedOptions(referral).some((each) => each.entryId === entryId && each.npi === npi);

/** Nothing has left for them, and nobody approved them: it was opened before Refloop asked the clinician first. */
export const waitsForApproval = (referral: Approvals, { work, performer }: Pick<Attempt, 'work' | 'performer'>): boolean =>
  work.status === 'draft' && !isApproved(referral, performer);

/** NPIs of whoever was asked: not of those who were not asked after all. */
export const askedNpis = ({ attempts }: Pick<Referral, 'attempts'>): Set<string> =>
  new Set(attempts.filter((attempt) => !wasNeverAsked(attempt)).map(({ performer }) => performer.npi));

/** Those of them who were never asked, each person once. */
export function openOptions(referral: Approvals & Pick<Referral, 'attempts'>): Performer[] {
  const asked = askedNpis(referral);
  return approvedOptions(referral).filter(({ npi }) => !asked.has(npi));
}
