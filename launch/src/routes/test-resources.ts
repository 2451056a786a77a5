/** For tests: one right resource of each type that the modes treat differently. */
import type { Resource } from '@medplum/fhirtypes';

const patient = { reference: 'Patient/pat-a' };
export const EXAMPLES: Record<string, Resource> = {
  Patient: { resourceType: 'Patient', name: [{ family: 'Made' }] },
  Condition: { resourceType: 'Condition', subject: patient, code: { text: 'Cough' } },
  ServiceRequest: { resourceType: 'ServiceRequest', status: 'draft', intent: 'order', subject: patient },
  Task: { resourceType: 'Task', status: 'requested', intent: 'order', for: patient },
  DocumentReference: {
    resourceType: 'DocumentReference',
    status: 'current',
    subject: patient,
    content: [{ attachment: { contentType: 'text/plain', data: 'bm90ZQ==' } }],
  },
  Appointment: { resourceType: 'Appointment', status: 'proposed', participant: [{ actor: patient, status: 'needs-action' }] },
  Communication: { resourceType: 'Communication', status: 'completed', subject: patient },
  Provenance: {
    resourceType: 'Provenance',
    target: [{ reference: 'ServiceRequest/order-a' }],
    recorded: '2026-11-20T11:30:00Z',
    agent: [{ who: { reference: 'Practitioner/clinician' } }],
  },
  QuestionnaireResponse: { resourceType: 'QuestionnaireResponse', status: 'completed', subject: patient },
  Group: { resourceType: 'Group', type: 'person', actual: true },
};
