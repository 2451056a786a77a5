/** For tests of the packet: a chart as an EHR sends it, one resource a line. */
import { readChart } from '../chart/read-chart.ts';
import type { FhirResource } from '../fhir/read.ts';

export const TODAY = '2026-11-28';
export const PATIENT = 'p1';
export const RECIPIENT = '1234567893';

/** The day this many days before `TODAY`. */
export const daysAgo = (days: number): string => new Date(Date.parse(`${TODAY}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);

const subject = { reference: `Patient/${PATIENT}` };
type More = Record<string, unknown>;

export const patient = (more: More = {}): FhirResource => ({
  resourceType: 'Patient',
  id: PATIENT,
  name: [{ family: 'Rivera', given: ['Ada'] }],
  birthDate: '1970-05-01',
  ...more,
});

export const condition = (id: string, code: string, name: string, more: More = {}): FhirResource => ({
  resourceType: 'Condition',
  id,
  subject,
  clinicalStatus: { coding: [{ code: 'active' }] },
  verificationStatus: { coding: [{ code: 'confirmed' }] },
  code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code, display: name }], text: name },
  ...more,
});

export const result = (id: string, loinc: string, name: string, date: string, more: More = {}): FhirResource => ({
  resourceType: 'Observation',
  id,
  subject,
  status: 'final',
  category: [{ coding: [{ code: 'laboratory' }] }],
  code: { coding: [{ system: 'http://loinc.org', code: loinc, display: name }], text: name },
  effectiveDateTime: date,
  valueQuantity: { value: 7, unit: 'mg/dL' },
  ...more,
});

/** @param data its words as base64 */
export const document = (id: string, name: string, date: string, data = '', more: More = {}): FhirResource => ({
  resourceType: 'DocumentReference',
  id,
  subject,
  status: 'current',
  type: { text: name },
  date,
  author: [{ display: 'Dr. Ortiz' }],
  content: [{ attachment: { contentType: 'text/plain', data } }],
  ...more,
});

export const report = (id: string, name: string, category: string, date: string, more: More = {}): FhirResource => ({
  resourceType: 'DiagnosticReport',
  id,
  subject,
  status: 'final',
  category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: category }] }],
  code: { text: name },
  effectiveDateTime: date,
  conclusion: 'No acute finding.',
  ...more,
});

export const medication = (id: string, name: string, more: More = {}): FhirResource => ({
  resourceType: 'MedicationRequest',
  id,
  subject,
  status: 'active',
  intent: 'order',
  medicationCodeableConcept: { text: name },
  authoredOn: '2026-01-05',
  dosageInstruction: [{ text: 'one daily' }],
  ...more,
});

export const allergy = (id: string, name: string): FhirResource => ({
  resourceType: 'AllergyIntolerance',
  id,
  patient: subject,
  clinicalStatus: { coding: [{ code: 'active' }] },
  code: { text: name },
  reaction: [{ manifestation: [{ text: 'Rash' }] }],
});

/** A consent as a patient signs it for one recipient. */
export const consent = (labels: readonly string[], more: More = {}, provision: More = {}): FhirResource => ({
  resourceType: 'Consent',
  id: 'consent',
  status: 'active',
  patient: subject,
  provision: {
    type: 'permit',
    period: { start: '2026-01-01', end: '2026-12-31' },
    actor: [{ reference: { identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: RECIPIENT } } }],
    purpose: [{ code: 'TREAT' }],
    securityLabel: labels.map((code) => ({ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code })),
    ...provision,
  },
  ...more,
});

export const chartOf = (resources: readonly FhirResource[], consented?: ReadonlySet<string>) =>
  readChart([patient(), ...resources], { patientId: PATIENT, today: TODAY, ...(consented ? { consented } : {}) });
