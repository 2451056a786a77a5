/** What was seen outside. A fact is never refused: one that says nothing new makes no event, anything else is taken. */
import { referenceText } from '../fhir/reference.ts';
import type { ReferralFact } from './event.ts';
import { orderStanding, type Referral } from './referral.ts';

export type ObservedFact =
  /** The order as read from the EHR. */
  { kind: 'order-read'; reference: string; status: string; versionId: string | null };

export function observe(referral: Referral, fact: ObservedFact): ReferralFact[] {
  const { order } = referral;
  if (order.status === 'draft' || order.status === 'approved' || referenceText(order.reference) !== fact.reference) return [];
  if (orderStanding(fact.status) === order.status) return [];
  const { reference, status, versionId } = fact;
  return [{ type: 'order-status-observed', version: 1, reference, status, versionId }];
}
