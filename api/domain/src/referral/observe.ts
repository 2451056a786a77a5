/** What was seen outside. A fact is never refused: one that says nothing new makes no event, anything else is taken. */
import { referenceText } from '../fhir/reference.ts';
import type { ReferralFact } from './event.ts';
import type { Referral } from './referral.ts';

export type ObservedFact =
  /** The order as read from the EHR. */
  { kind: 'order-read'; reference: string; status: string; versionId: string | null };

/** The EHR's word for the order, as far as it is known from the events: of an order that is not written yet nothing is. */
function knownStatus({ order }: Referral): string | undefined {
  switch (order.status) {
    case 'draft':
    case 'approved':
      return undefined;
    case 'awaiting-signature':
      return 'draft';
    case 'active':
      return 'active';
    case 'revoked':
      return 'revoked';
  }
}

export function observe(referral: Referral, fact: ObservedFact): ReferralFact[] {
  const { order } = referral;
  if (order.status === 'draft' || order.status === 'approved' || referenceText(order.reference) !== fact.reference) return [];
  if (knownStatus(referral) === fact.status) return [];
  const { reference, status, versionId } = fact;
  return [{ type: 'order-status-observed', version: 1, reference, status, versionId }];
}
