/** What the launched order already says of the request. */
import type { ServiceRequest } from '@medplum/fhirtypes';
import { specialtyOfNucc, specialtyOfReferralCode } from '@refloop/domain/clinical/specialty';
import type { Resource } from '@refloop/domain/fhir/ehr-port';

export type ReasonCode = { system: string; code: string; display?: string };

export type OrderFacts = {
  reference: string;
  versionId: string | undefined;
  status: string;
  specialty: string | undefined;
  urgency: 'routine' | 'urgent' | 'emergency';
  reasonText: string;
  reasonCodes: ReasonCode[];
  question: string;
  visits: number;
};

const SNOMED = 'http://snomed.info/sct';
const NUCC = 'http://nucc.org/provider-taxonomy';

function specialtyOf(order: ServiceRequest): string | undefined {
  // performerType is the finer statement: a referral code is shared by a specialty and its parts.
  for (const coding of order.performerType?.coding ?? []) {
    if (coding.system === NUCC && coding.code) {
      const found = specialtyOfNucc(coding.code);
      if (found) return found.id;
    }
  }
  for (const coding of order.code?.coding ?? []) {
    if (coding.system === SNOMED && coding.code) {
      const found = specialtyOfReferralCode(coding.code);
      if (found) return found.id;
    }
  }
  return undefined;
}

/** R19: routine → routine, urgent and asap → urgent, stat → emergency. */
const URGENCY: Readonly<Record<string, OrderFacts['urgency']>> = { urgent: 'urgent', asap: 'urgent', stat: 'emergency' };

export function orderFacts(resource: Resource): OrderFacts {
  const order = resource as unknown as ServiceRequest;
  const reasons = order.reasonCode ?? [];
  const codes = reasons.flatMap((reason) => reason.coding ?? []).filter((coding) => coding.system && coding.code);
  const words = reasons.map(
    (reason) =>
      reason.text ??
      reason.coding
        ?.map((coding) => coding.display)
        .filter(Boolean)
        .join(', ') ??
      '',
  );
  return {
    reference: `ServiceRequest/${order.id ?? ''}`,
    versionId: order.meta?.versionId,
    status: order.status ?? 'unknown',
    specialty: specialtyOf(order),
    urgency: URGENCY[order.priority ?? ''] ?? 'routine',
    reasonText: words.filter(Boolean).join('; '),
    reasonCodes: codes.map((coding) => ({
      system: coding.system ?? '',
      code: coding.code ?? '',
      ...(coding.display ? { display: coding.display } : {}),
    })),
    question: (order.note ?? [])
      .map((note) => note.text ?? '')
      .filter(Boolean)
      .join('\n'),
    visits: Math.min(99, Math.max(1, Math.round(order.quantityQuantity?.value ?? 1))),
  };
}
