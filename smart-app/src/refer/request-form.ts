/** The request as the clinician sees and changes it, and what it becomes for matching and for the record. */
import { specialtyById } from '@refloop/domain/clinical/specialty';
import type { CoverageFacts } from '@refloop/domain/request/coverage-facts';
import type { OrderFacts, ReasonCode } from '@refloop/domain/request/order-facts';
import type { PatientFacts } from '@refloop/domain/request/patient-facts';
import type { MatchInput } from '@refloop/server/client/match';
import type { MakeRecommendation, ReferralKind } from '@refloop/server/client/recommendation';

export type RequestForm = {
  specialty: string | null;
  urgency: MatchInput['urgency'];
  reasonText: string;
  reasonCodes: ReasonCode[];
  question: string;
  kind: ReferralKind;
  visits: number;
  coverageId: string | null;
  /** BCP-47 codes to match on. */
  languages: string[];
  radiusMiles: number;
};

/** R4: the first circle. */
export const FIRST_RADIUS_MILES = 25;
/** R9: ranked candidates a recommendation carries. */
export const RANKED_LIMIT = 5;

export function requestOf(order: OrderFacts | null, patient: PatientFacts, coverages: readonly CoverageFacts[]): RequestForm {
  return {
    specialty: order?.specialty ?? null,
    urgency: order?.urgency ?? 'routine',
    reasonText: order?.reasonText ?? '',
    reasonCodes: order?.reasonCodes ?? [],
    question: order?.question ?? '',
    kind: 'consult',
    visits: order?.visits ?? 1,
    coverageId: coverages[0]?.id ?? null,
    languages: patient.languages,
    radiusMiles: FIRST_RADIUS_MILES,
  };
}

/**
 * The order changed under the clinician's hands: fields the clinician had not touched follow the new order, the others
 * stay as the clinician set them.
 */
export function rebaseRequest(current: RequestForm, oldOrder: OrderFacts, newOrder: OrderFacts): RequestForm {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  return {
    ...current,
    specialty: same(current.specialty, oldOrder.specialty ?? null) ? (newOrder.specialty ?? null) : current.specialty,
    urgency: current.urgency === oldOrder.urgency ? newOrder.urgency : current.urgency,
    reasonText: current.reasonText === oldOrder.reasonText ? newOrder.reasonText : current.reasonText,
    reasonCodes: same(current.reasonCodes, oldOrder.reasonCodes) ? newOrder.reasonCodes : current.reasonCodes,
    question: current.question === oldOrder.question ? newOrder.question : current.question,
    visits: current.visits === oldOrder.visits ? newOrder.visits : current.visits,
  };
}

/** @returns undefined until a specialty is chosen */
export function matchInput(
  form: RequestForm,
  patient: PatientFacts,
  coverages: readonly CoverageFacts[],
  limit = RANKED_LIMIT,
): MatchInput | undefined {
  if (form.specialty === null || !specialtyById(form.specialty)) return undefined;
  return {
    specialty: form.specialty,
    urgency: form.urgency,
    place: patient.place,
    coverage: coverages.find((coverage) => coverage.id === form.coverageId)?.input ?? null,
    patient: patient.group,
    languages: form.languages,
    radiusMiles: form.radiusMiles,
    limit,
  };
}

export function recordedRequest(form: RequestForm, match: MatchInput): MakeRecommendation['request'] {
  return {
    match,
    reasonText: form.reasonText.trim(),
    reasonCodes: form.reasonCodes,
    question: form.question.trim(),
    kind: form.kind,
    visits: form.visits,
  };
}

/** The form of a draft that is resumed. */
export function formOfRecord(
  request: MakeRecommendation['request'],
  coverages: readonly CoverageFacts[],
  fallback: RequestForm,
): RequestForm {
  const coverage = coverages.find((each) => JSON.stringify(each.input) === JSON.stringify(request.match.coverage));
  return {
    specialty: request.match.specialty,
    urgency: request.match.urgency,
    reasonText: request.reasonText,
    reasonCodes: request.reasonCodes.map(({ system, code, display }) => ({ system, code, ...(display ? { display } : {}) })),
    question: request.question,
    kind: request.kind,
    visits: request.visits,
    coverageId: coverage?.id ?? (request.match.coverage === null ? null : fallback.coverageId),
    languages: request.match.languages,
    radiusMiles: request.match.radiusMiles,
  };
}

export const specialtyName = (id: string | null): string => (id === null ? '' : (specialtyById(id)?.name ?? id));
