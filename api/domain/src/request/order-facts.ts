/** What an order of the chart already says of the request, and whether it asks for another clinician at all. */
import { type Specialty, specialtyOfNucc, specialtyOfReferralCode } from '../clinical/specialty.ts';
import { concept, type Json, list, number, object, SNOMED } from '../fhir/read.ts';

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

const NUCC = 'http://nucc.org/provider-taxonomy';
/** SNOMED CT "Patient referral", the category of a referral order (US Core ServiceRequest). */
const PATIENT_REFERRAL = '3457005';
/** FHIR R4 servicerequest-category: laboratory procedure and imaging. Rewriting one of these into a referral would lose the test. */
const OTHER_DEPARTMENTS = ['108252007', '363679005'];

const written = (value: unknown): string => (typeof value === 'string' ? value : '');

function specialtyOf(order: Json): Specialty | undefined {
  // performerType is the finer statement: a referral code is shared by a specialty and its parts.
  for (const { system, code } of concept(order['performerType']).codings) {
    const found = system === NUCC && code ? specialtyOfNucc(code) : undefined;
    if (found) return found;
  }
  for (const { system, code } of concept(order['code']).codings) {
    const found = system === SNOMED && code ? specialtyOfReferralCode(code) : undefined;
    if (found) return found;
  }
  return undefined;
}

const categoryCodes = (order: Json): string[] =>
  list(order['category']).flatMap((category) => concept(category).codings.flatMap(({ code }) => code ?? []));

/** Whether it asks a laboratory or for an image. */
export const isForAnotherDepartment = (order: Json): boolean => categoryCodes(order).some((code) => OTHER_DEPARTMENTS.includes(code));

/**
 * Whether it asks for another clinician's care: by its category, by a referral code, or in words. What asks a laboratory, for an
 * image, or for something not to be done never does.
 */
export function isReferralOrder(order: Json): boolean {
  if (order['resourceType'] !== 'ServiceRequest' || order['doNotPerform'] === true || isForAnotherDepartment(order)) return false;
  if (categoryCodes(order).includes(PATIENT_REFERRAL)) return true;
  const { codings, text } = concept(order['code']);
  if (codings.some(({ system, code }) => system === SNOMED && code && specialtyOfReferralCode(code) !== undefined)) return true;
  return [text, ...codings.map(({ display }) => display ?? '')].some((words) => /\breferral\b|\brefer to\b/i.test(words));
}

/** R19: routine → routine, urgent and asap → urgent, stat → emergency. */
const URGENCY: Readonly<Record<string, OrderFacts['urgency']>> = { urgent: 'urgent', asap: 'urgent', stat: 'emergency' };

/** @param order a ServiceRequest as it came; what is not of its shape reads as absent */
export function orderFacts(order: Json): OrderFacts {
  const reasons = list(order['reasonCode']);
  const codings = reasons.flatMap((reason) => list(reason['coding']));
  const words = reasons.map(
    (reason) =>
      written(reason['text']) ||
      list(reason['coding'])
        .map((coding) => written(coding['display']))
        .filter(Boolean)
        .join(', '),
  );
  return {
    reference: `ServiceRequest/${written(order['id'])}`,
    versionId: written(object(order['meta'])['versionId']) || undefined,
    status: written(order['status']) || 'unknown',
    specialty: specialtyOf(order)?.id,
    urgency: URGENCY[written(order['priority'])] ?? 'routine',
    reasonText: words.filter(Boolean).join('; '),
    reasonCodes: codings.flatMap((coding) => {
      const [system, code, display] = [written(coding['system']), written(coding['code']), written(coding['display'])];
      return system && code ? { system, code, ...(display ? { display } : {}) } : [];
    }),
    question: list(order['note'])
      .map((note) => written(note['text']))
      .filter(Boolean)
      .join('\n'),
    visits: Math.min(99, Math.max(1, Math.round(number(object(order['quantityQuantity'])['value']) ?? 1))),
  };
}
