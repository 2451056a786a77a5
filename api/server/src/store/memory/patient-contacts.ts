import type { PatientContact, PatientContactStore } from '../patient-contacts.ts';
import { keyIn, type MemoryContext } from './context.ts';

const byPatient = (left: PatientContact, right: PatientContact): number => (left.patientId < right.patientId ? -1 : 1);

export const memoryPatientContacts = (unit: MemoryContext): PatientContactStore => {
  const table = unit.tables.patientContacts;
  return {
    take: async (patientId) => table.get(keyIn(unit, patientId)),
    get: async (patientId) => table.get(keyIn(unit, patientId)),
    byNumber: async (number) => table.named(keyIn(unit), number).sort(byPatient),
    all: async () => table.rows(keyIn(unit)).sort(byPatient),
    put: async (contact) => table.put(keyIn(unit, contact.patientId), contact),
  };
};
