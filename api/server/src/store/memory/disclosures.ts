import type { DisclosureStore } from '../disclosures.ts';
import type { MemoryContext } from './context.ts';

export const memoryDisclosures = (unit: MemoryContext): DisclosureStore => {
  const table = unit.tables.disclosures;
  return {
    add: async (disclosure) => {
      if (!table.get(disclosure.id)) table.put(disclosure.id, disclosure);
    },
    ids: async () => table.rows().map(({ id }) => id),
    get: async (id) => table.get(id),
    ofPatient: async (patientId) =>
      table.named(patientId).sort((one, other) => (one.at === other.at ? (one.id < other.id ? -1 : 1) : one.at < other.at ? -1 : 1)),
  };
};
