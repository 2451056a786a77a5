/** A patient, their chart and the order they were given, as an EHR launches Refloop on it. */
import { REFERRAL_KINDS, type ReferralKind } from '@refloop/domain/drafting/referral-kind';
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import type { Draws } from '@refloop/domain/practice/draws';
import { chooseRung, type WriteAction, type WriteBasis } from '@refloop/domain/write-back/rung';
import type { MakeRecommendation } from '@refloop/server/client/recommendation';
import { asKept } from '@refloop/server/store/kept-json';
import { COVERAGE, HOME, SPECIALTIES } from './directory.ts';

/** Who a patient is in truth: by this it is judged whose a note is, and what no message may say. */
export type Person = { family: string; given: string; born: string; recordNumber: string; phone: string; spanish: boolean };

export type Case = {
  patientId: string;
  person: Person;
  chart: Record<string, unknown>[];
  /** Null where the approval is to create the order. */
  orderId: string | null;
  specialty: (typeof SPECIALTIES)[number];
  urgency: 'routine' | 'urgent' | 'emergency';
  /** What is asked for: each closes on evidence of its own. */
  kind: ReferralKind;
  /** What the EHR takes from Refloop for this one: where it takes no order, a person places it. */
  takes: keyof typeof TAKEN;
};

const ICD = 'http://hl7.org/fhir/sid/icd-10-cm';
const EVERYTHING: WriteAction[] = ['update-order', 'create-order', 'file-document', 'create-task', 'create-provenance'];
const TAKEN = { everything: EVERYTHING, notes: ['file-document'], nothing: [] } satisfies Record<string, WriteAction[]>;
const FAMILIES = ['Quillfeather', 'Abernathy', 'Okonkwo', 'Marchetti', 'Lindqvist', 'Yamamoto', 'Delacroix', 'Pereira', 'Novak', 'Haddad'];
const GIVEN = ['Rosalind', 'Theodora', 'Winifred', 'Ludmila', 'Ottoline', 'Perpetua', 'Sunniva', 'Zenobia', 'Clementine', 'Isolde'];
export const REASON = 'Recurrent palpitations for three months';
export const QUESTION = 'Is she a candidate for ablation?';

const two = (number: number): string => String(number).padStart(2, '0');

/** @param sibling lives with them, was born on the same day and has the same telephone */
function drawPerson(draws: Draws, number: number, sibling: Person | undefined): Person {
  const recordNumber = `MR${String(700_000 + number)}`;
  const given = draws.pick(GIVEN);
  const spanish = draws.chance(0.3);
  if (sibling) return { ...sibling, given: draws.pick(GIVEN.filter((name) => name !== sibling.given)), recordNumber, spanish };
  const born = `${draws.integer(1940, 1999)}-${two(draws.integer(1, 12))}-${two(draws.integer(1, 28))}`;
  return { family: draws.pick(FAMILIES), given, born, recordNumber, phone: `+1312${String(2_000_000 + number)}`, spanish };
}

const finding = (number: number, at: string) => ({
  resourceType: 'Observation',
  id: `observation-${number}`,
  status: 'final',
  subject: { reference: `Patient/${number}` },
  category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] }],
  code: { coding: [{ system: 'http://loinc.org', code: '3016-3' }], text: 'TSH' },
  valueQuantity: { value: 2.1, unit: 'mIU/L' },
  effectiveDateTime: at,
});

/** @param at a day shortly before they come @param sibling another patient of the practice, to be mistaken for them */
export function drawCase(draws: Draws, number: number, at: string, sibling?: Person): Case {
  const patientId = `${number}`;
  const person = drawPerson(draws, number, sibling);
  const patient = {
    resourceType: 'Patient',
    id: patientId,
    identifier: [{ type: { coding: [{ code: 'MR' }] }, value: person.recordNumber }],
    name: [{ family: person.family, given: [person.given] }],
    gender: 'female',
    birthDate: person.born,
    telecom: [{ system: 'phone', value: person.phone }],
    ...(person.spanish ? { communication: [{ language: { coding: [{ code: 'es' }], text: 'Spanish' }, preferred: true }] } : {}),
  };
  const condition = {
    resourceType: 'Condition',
    id: `condition-${number}`,
    subject: { reference: `Patient/${patientId}` },
    clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] },
    code: { coding: [{ system: ICD, code: 'I47.10', display: 'Supraventricular tachycardia, unspecified' }], text: 'Tachycardia' },
  };
  // Some packets lack what they have to hold: somebody has to answer for it before they go.
  const complete = draws.chance(0.6);
  return {
    patientId,
    person,
    // As it came over the network: nobody here changes it.
    chart: asKept(complete ? [patient, condition, finding(number, at)] : [patient, condition]),
    orderId: draws.chance(0.85) ? `order-${number}` : null,
    specialty: draws.pick(SPECIALTIES),
    kind: draws.pick(REFERRAL_KINDS),
    takes: number % 17 === 3 ? 'notes' : number % 17 === 11 ? 'nothing' : 'everything',
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
export function requestOf({ chart, specialty, urgency, kind, takes }: Case, order: Record<string, unknown> | null): MakeRecommendation {
  const launchedOrder: WriteBasis['launchedOrder'] = order === null ? 'none' : 'with-version';
  const basis = { stated: true, launchedOrder, offered: TAKEN[takes], granted: TAKEN[takes] };
  return {
    order,
    chart,
    notSeen: [],
    request: {
      match: { specialty, urgency, place: HOME, coverage: COVERAGE, patient: 'adult', languages: [], radiusMiles: 25, limit: 5 },
      reasonText: REASON,
      reasonCodes: [{ system: ICD, code: 'I47.10', display: 'Supraventricular tachycardia, unspecified' }],
      question: QUESTION,
      kind,
      visits: 1,
    },
    writeBack: { ...chooseRung(basis), basis },
  };
}
