/**
 * What three vendors' FHIR servers offer, as sandbox modes that are *like* them. Written down from their captured
 * CapabilityStatements (api-evangelist, July and August 2026: Epic sandbox May 2026, Oracle Millennium R4 secure, athenahealth);
 * production sites differ, and each site enables less.
 */
import type { RestInteraction } from '../fhir/habits.ts';

export type OfferTable = ReadonlyMap<string, readonly RestInteraction[]>;

const readOnly: readonly RestInteraction[] = ['read', 'search-type'];

/** What all three let an app read: the resource types of US Core 6.1.0, and the attachments of documents. */
const usCoreTypes = [
  'AllergyIntolerance',
  'Binary',
  'CarePlan',
  'CareTeam',
  'Condition',
  'Coverage',
  'Device',
  'DiagnosticReport',
  'DocumentReference',
  'Encounter',
  'Goal',
  'Immunization',
  'Location',
  'Medication',
  'MedicationDispense',
  'MedicationRequest',
  'Observation',
  'Organization',
  'Patient',
  'Practitioner',
  'PractitionerRole',
  'Procedure',
  'Provenance',
  'QuestionnaireResponse',
  'RelatedPerson',
  'ServiceRequest',
  'Specimen',
];

const tableOf = (others: Record<string, readonly RestInteraction[]>): OfferTable =>
  new Map([...usCoreTypes.map((type) => [type, readOnly] as const), ...Object.entries(others)]);

/** Orders can be written, a Task only changed, and nothing says where an order came from. */
export const epicLikeTable = tableOf({
  ServiceRequest: ['create', 'read', 'search-type', 'update'],
  Task: ['read', 'search-type', 'update'],
  DocumentReference: ['create', 'read', 'search-type', 'update'],
  Appointment: readOnly,
  Communication: ['create'],
  Provenance: readOnly,
});

/** Orders can only be read; documents, messages, appointments and provenance can be written. What can be written can be read too. */
export const oracleLikeTable = tableOf({
  ServiceRequest: readOnly,
  DocumentReference: ['create', 'read', 'search-type', 'update'],
  Appointment: ['create', 'read', 'search-type', 'patch'],
  Communication: ['create', 'read', 'search-type', 'patch'],
  Provenance: ['create', 'read', 'search-type'],
});

/**
 * No vendor's own: an EHR that lets apps put messages and their provenance into the chart and nothing else, so that what is done with
 * those can be seen.
 */
export const messagesOnlyTable = tableOf({
  Communication: ['create', 'read', 'search-type'],
  Provenance: ['create', 'read', 'search-type'],
});

/** Everything is read; an answered questionnaire is the one thing an app may add. */
export const athenaLikeTable = tableOf({
  Appointment: readOnly,
  Provenance: ['read'],
  QuestionnaireResponse: ['create', 'read', 'search-type'],
});
