import type { PatientContact, PatientContactStore } from '../patient-contacts.ts';
import type { MemoryContext } from './context.ts';

const byPatient = (left: PatientContact, right: PatientContact): number => (left.patientId < right.patientId ? -1 : 1);

export const memoryPatientContacts = (unit: MemoryContext): PatientContactStore => {
  const table = unit.tables.patientContacts;
  return {
    take: async (patientId) => table.get(patientId),
    get: async (patientId) => table.get(patientId),
    byNumber: async (number) => table.named(number).sort(byPatient),
    all: async () => table.rows().sort(byPatient),
    put: async (contact) => table.put(contact.patientId, contact),
  };
};
