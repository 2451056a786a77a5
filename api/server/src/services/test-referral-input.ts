/** For tests: what the app would send for one made-up patient, each order with an id of its own. */
import { chooseRung, type WriteAction, type WriteBasis } from '@refloop/domain/write-back/rung';
import { HOME } from './test-referral-api.ts';

export type Body = Record<string, unknown>;
export type Made = Body & { id: string; revision: number; working: Body };

let orders = 0;
let keys = 0;

/** A launched order of its own for each test, so that none finds another's referral. */
export function order(more: Body = {}): Body {
  orders += 1;
  return {
    resourceType: 'ServiceRequest',
    id: `order-${orders}`,
    meta: { versionId: '3' },
    status: 'draft',
    intent: 'order',
    subject: { reference: 'Patient/pat-1' },
    code: { coding: [{ system: 'http://snomed.info/sct', code: '308471005' }] },
    encounter: { reference: 'Encounter/enc-1' },
    ...more,
  };
}

export const chart = (): Body[] => [
  {
    resourceType: 'Patient',
    id: 'pat-1',
    name: [{ family: 'Quillfeather', given: ['Rosalind'] }],
    gender: 'female',
    birthDate: '1968-03-02',
  },
  {
    resourceType: 'Condition',
    id: 'c1',
    subject: { reference: 'Patient/pat-1' },
    clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] },
    code: {
      coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'I47.10', display: 'Supraventricular tachycardia, unspecified' }],
      text: 'Supraventricular tachycardia',
    },
    onsetDateTime: '2026-08-01',
  },
  {
    resourceType: 'Coverage',
    id: 'cov-1',
    status: 'active',
    beneficiary: { reference: 'Patient/pat-1' },
    payor: [{ reference: 'Organization/payer-a' }],
  },
];

export const match = (more: Body = {}): Body => ({
  specialty: 'cardiology',
  urgency: 'routine',
  place: HOME,
  coverage: { payerId: 'payer-a', payerName: 'Payer A', planIdentifier: 'PLAN-A', planName: 'Plan A', active: true },
  patient: 'adult',
  languages: [],
  ...more,
});

const EVERYTHING: WriteAction[] = ['update-order', 'create-order', 'file-document', 'add-message', 'create-task', 'create-provenance'];

/** What the app reports for an EHR that offers and grants these actions. */
export const writeBackOf = (actions: WriteAction[], launchedOrder: WriteBasis['launchedOrder'] = 'with-version'): Body => {
  const basis = { stated: true, launchedOrder, offered: actions, granted: actions };
  return { ...chooseRung(basis), basis };
};

export const makeInput = (more: { order?: Body | null; chart?: Body[]; match?: Body; reasonText?: string } = {}): Body => ({
  order: more.order === undefined ? order() : more.order,
  chart: more.chart ?? chart(),
  notSeen: [],
  request: {
    match: match(more.match),
    reasonText: more.reasonText ?? 'Recurrent palpitations for three months',
    reasonCodes: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'I47.10', display: 'Supraventricular tachycardia, unspecified' }],
    question: 'Is she a candidate for ablation?',
    kind: 'consult',
    visits: 1,
  },
  writeBack: writeBackOf(EVERYTHING, more.order === null ? 'none' : 'with-version'),
});

export const approveInput = (made: Made, input: Body, more: Body = {}): Body => {
  keys += 1;
  return {
    recommendationId: made.id,
    revision: made.revision,
    working: made.working,
    order: input['order'],
    performerInEhr: null,
    idempotencyKey: `press-${keys}-0123456789`,
    ...more,
  };
};

export const problemType = (body: Body): string => String(body['type']).replace('/problems/', '');
