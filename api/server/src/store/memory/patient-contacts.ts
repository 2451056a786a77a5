import type { PatientContact, PatientContactStore } from '../patient-contacts.ts';
import { keyIn, type MemoryContext } from './context.ts';

export const memoryPatientContacts = (unit: MemoryContext): PatientContactStore => {
  const table = unit.tables.patientContacts;
  const copy = (contact: PatientContact | undefined): PatientContact | undefined => contact && structuredClone(contact);
  return {
    take: async (patientId) => copy(table.get(keyIn(unit, patientId))),
    get: async (patientId) => copy(table.get(keyIn(unit, patientId))),
    byNumber: async (number) =>
      table
        .named(keyIn(unit), number)
        .sort((left, right) => (left.patientId < right.patientId ? -1 : 1))
        .map((contact) => structuredClone(contact)),
    all: async () =>
      table
        .rows(keyIn(unit))
        .sort((left, right) => (left.patientId < right.patientId ? -1 : 1))
        .map((contact) => structuredClone(contact)),
    put: async (contact) => table.put(keyIn(unit, contact.patientId), structuredClone(contact)),
  };
};
