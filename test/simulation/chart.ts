/** A patient, their chart and the order they were given, as an EHR launches Refloop on it. */
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import { chooseRung, type WriteAction, type WriteBasis } from '@refloop/domain/write-back/rung';
import type { MakeRecommendation } from '@refloop/server/client/recommendation';
import type { Draws } from '@refloop/server/practice/draws';
import { COVERAGE, HOME, SPECIALTIES } from './directory.ts';

export type Case = {
  patientId: string;
  chart: Record<string, unknown>[];
  /** Null where the approval is to create the order. */
  orderId: string | null;
  specialty: (typeof SPECIALTIES)[number];
  urgency: 'routine' | 'urgent' | 'emergency';
};

const ICD = 'http://hl7.org/fhir/sid/icd-10-cm';
const EVERYTHING: WriteAction[] = ['update-order', 'create-order', 'file-document', 'create-task', 'create-provenance'];

export function drawCase(draws: Draws, number: number): Case {
  const patientId = `${number}`;
  const patient = {
    resourceType: 'Patient',
    id: patientId,
    name: [{ family: `Quill${number}`, given: ['Rosalind'] }],
    gender: 'female',
    birthDate: '1968-03-02',
  };
  const condition = {
    resourceType: 'Condition',
    id: `condition-${number}`,
    subject: { reference: `Patient/${patientId}` },
    clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] },
    code: { coding: [{ system: ICD, code: 'I47.10', display: 'Supraventricular tachycardia, unspecified' }], text: 'Tachycardia' },
  };
  return {
    patientId,
    chart: [patient, condition],
    orderId: draws.chance(0.85) ? `order-${number}` : null,
    specialty: draws.pick(SPECIALTIES),
    urgency: draws.weighted([
      ['routine', 14],
      ['urgent', 5],
      ['emergency', 1],
    ] as const),
  };
}

export const orderOf = ({ patientId, orderId }: Case): (Resource & { id: string }) | null =>
  orderId === null
    ? null
    : {
        resourceType: 'ServiceRequest',
        id: orderId,
        status: 'draft',
        intent: 'order',
        subject: { reference: `Patient/${patientId}` },
        code: { coding: [{ system: 'http://snomed.info/sct', code: '308471005' }] },
      };

/** What the app sends to have a recommendation made. */
export function requestOf({ chart, specialty, urgency }: Case, order: Record<string, unknown> | null): MakeRecommendation {
  const launchedOrder: WriteBasis['launchedOrder'] = order === null ? 'none' : 'with-version';
  const basis = { stated: true, launchedOrder, offered: EVERYTHING, granted: EVERYTHING };
  return {
    order,
    chart,
    notSeen: [],
    request: {
      match: { specialty, urgency, place: HOME, coverage: COVERAGE, patient: 'adult', languages: [], radiusMiles: 25, limit: 5 },
      reasonText: 'Recurrent palpitations for three months',
      reasonCodes: [{ system: ICD, code: 'I47.10', display: 'Supraventricular tachycardia, unspecified' }],
      question: 'Is she a candidate for ablation?',
      kind: 'consult',
      visits: 1,
    },
    writeBack: { ...chooseRung(basis), basis },
  };
}
