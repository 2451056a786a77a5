/** For tests: an approved referral and the order it was launched from. */
import { specialtyById } from '../clinical/specialty.ts';
import type { StepName } from '../referral/event.ts';
import type { ApprovedReferral, Json } from './resources.ts';

export const ALL: StepName[] = ['DocumentReference', 'ServiceRequest', 'Task', 'Provenance'];

const cardiology = specialtyById('cardiology');
if (!cardiology) throw new Error('cardiology is a specialty');

export const approved: ApprovedReferral = {
  referralId: '01JREFERRAL',
  approvalId: '01JAPPROVAL',
  approvedAt: '2026-11-20T09:58:20.000Z',
  attempt: 1,
  patientId: 'pat-1',
  requester: 'Practitioner/lee',
  requesterDisplay: 'Dr. Lee',
  enterer: null,
  specialty: cardiology,
  urgency: 'emergency',
  kind: 'consult',
  kindDisplay: 'Consult',
  visits: 1,
  performer: { entryId: 'e', npi: '1234567893', display: 'Ana Rivera, MD', nucc: '207RC0000X', network: 'in', rank: 1 },
  performerInEhr: null,
  reasonText: 'Palpitations',
  reasonCodes: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'R00.2', display: 'Palpitations' }],
  reasonReferences: [{ type: 'Condition', id: 'c1' }],
  coverage: { type: 'Coverage', id: 'cov-1' },
  encounter: { type: 'Encounter', id: 'enc-1' },
  note: { base64: 'bm90ZQ==', bytes: 4, title: 'Referral note to cardiology' },
  packet: null,
  replacesNote: null,
  sources: [
    { type: 'Condition', id: 'c1' },
    { type: 'Observation', id: 'o1' },
  ],
  software: [{ name: 'Refloop', version: '0.1.0' }],
};

export const launched = {
  reference: { type: 'ServiceRequest', id: 'order-1', versionId: '3' },
  resource: {
    resourceType: 'ServiceRequest',
    id: 'order-1',
    meta: { versionId: '3' },
    status: 'draft',
    intent: 'order',
    subject: { reference: 'Patient/pat-1' },
    authoredOn: '2026-11-19T08:00:00Z',
    requester: { reference: 'Practitioner/moss' },
    extension: [
      {
        url: 'http://hl7.org/fhir/us/davinci-crd/StructureDefinition/ext-coverage-information',
        extension: [{ url: 'covered', valueCode: 'covered' }],
      },
    ],
    identifier: [{ system: 'urn:ehr', value: 'ORD-7' }],
    note: [{ text: 'Please see soon' }],
  } as Json,
};
