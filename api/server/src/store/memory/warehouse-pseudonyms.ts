import type { WarehousePseudonymStore } from '../warehouse-pseudonyms.ts';
import type { MemoryContext } from './context.ts';

export const memoryWarehousePseudonyms = (unit: MemoryContext): WarehousePseudonymStore => {
  const table = unit.tables.warehousePseudonyms;
  return {
    keep: async (pairs) => {
      for (const { pseudonym, referralId } of pairs) {
        const at = pseudonym;
        if (!table.get(at)) table.put(at, { pseudonym, referralId });
      }
    },
    find: async (pseudonyms) => [...new Set(pseudonyms)].sort().flatMap((pseudonym) => table.get(pseudonym) ?? []),
  };
};
