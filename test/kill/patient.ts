/** A patient of their own for each referral, with a chart of which the packet is whole. */
import type { Resource } from '@medplum/fhirtypes';
import type { Body } from './line.ts';

export type Patient = { id: string; orderId: string; family: string; born: string; phone: string };

const day = (number: number): string => new Date(Date.UTC(1950, 0, 1 + ((number * 37) % 18_000))).toISOString().slice(0, 10);

const letters = (number: number): string =>
  number < 26 ? String.fromCharCode(97 + number) : letters(Math.floor(number / 26) - 1) + letters(number % 26);

export const patientOf = (number: number): Patient => ({
  id: `p${number}`,
  orderId: `o${number}`,
  family: `Quill${letters(number)}`,
  born: day(number),
  phone: `510-${String(200 + Math.floor(number / 10_000))}-${String(number % 10_000).padStart(4, '0')}`,
});

const DAY_MS = 86_400_000;
const ICD = 'http://hl7.org/fhir/sid/icd-10-cm';

const patientResource = ({ id, family, born, phone }: Patient) => ({
  resourceType: 'Patient' as const,
  id,
  identifier: [
    { type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] }, system: 'urn:kill', value: `MRN-${id}` },
  ],
  name: [{ family, given: ['Rosalind'] }],
  gender: 'female' as const,
  birthDate: born,
  telecom: [{ system: 'phone' as const, value: phone }],
  address: [{ use: 'home' as const, line: ['1 Elm Street'], city: 'Oakland', state: 'CA', postalCode: '94601' }],
});

const orderResource = ({ id, orderId }: Patient, status: 'draft' | 'active') => ({
  resourceType: 'ServiceRequest' as const,
  id: orderId,
  status,
  intent: 'order' as const,
  subject: { reference: `Patient/${id}` },
  code: { coding: [{ system: 'http://snomed.info/sct', code: '308471005' }] },
});

/** As the EHR holds them once the clinician has signed. */
export const inEhr = (patient: Patient): Resource[] => [patientResource(patient), orderResource(patient, 'active')];

/** The order as the clinician opens it. */
export const launchedOrder = (patient: Patient): Body => ({ ...orderResource(patient, 'draft'), meta: { versionId: '1' } });

/** What the app reads of the chart. */
export function chartOf(patient: Patient, now: Date): Body[] {
  const subject = { reference: `Patient/${patient.id}` };
  const effectiveDateTime = new Date(now.getTime() - 10 * DAY_MS).toISOString().slice(0, 10);
  const report = (id: string, text: string) => ({
    resourceType: 'DiagnosticReport',
    id,
    subject,
    status: 'final',
    code: { text },
    effectiveDateTime,
  });
  return [
    patientResource(patient),
    {
      resourceType: 'Condition',
      id: 'c1',
      subject,
      clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] },
      code: { coding: [{ system: ICD, code: 'I47.10' }], text: 'Supraventricular tachycardia' },
      onsetDateTime: '2026-08-01',
    },
    { resourceType: 'Coverage', id: 'cov-1', status: 'active', beneficiary: subject, payor: [{ reference: 'Organization/payer-a' }] },
    {
      resourceType: 'Observation',
      id: 'potassium',
      subject,
      status: 'final',
      category: [{ coding: [{ code: 'laboratory' }] }],
      code: { coding: [{ system: 'http://loinc.org', code: '2823-3' }], text: 'Potassium' },
      effectiveDateTime,
      valueQuantity: { value: 4.2, unit: 'mmol/L' },
    },
    report('ecg', '12-lead ECG'),
    report('holter', 'Holter monitor'),
    report('echo', 'Echocardiogram'),
  ];
}
