import type { DisclosureStore } from '../disclosures.ts';
import { keyIn, type MemoryContext } from './context.ts';

export const memoryDisclosures = (unit: MemoryContext): DisclosureStore => {
  const table = unit.tables.disclosures;
  return {
    add: async (disclosure) => {
      if (!table.get(keyIn(unit, disclosure.id))) table.put(keyIn(unit, disclosure.id), disclosure);
    },
    ids: async () => table.rows(keyIn(unit)).map(({ id }) => id),
    get: async (id) => table.get(keyIn(unit, id)),
    ofPatient: async (patientId) =>
      table
        .named(keyIn(unit), patientId)
        .sort((one, other) => (one.at === other.at ? (one.id < other.id ? -1 : 1) : one.at < other.at ? -1 : 1)),
  };
};
