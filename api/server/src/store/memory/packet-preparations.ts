import type { PacketPreparationStore } from '../packet-preparations.ts';
import { keyOf, type MemoryContext, ordered } from './context.ts';

export const memoryPacketPreparations = (unit: MemoryContext): PacketPreparationStore => {
  const table = unit.tables.packetPreparations;
  const at = (referralId: string, attempt: number): string => keyOf(referralId, ordered(attempt));
  return {
    ids: async () => table.rows().map(({ referralId, attempt }) => ({ referralId, attempt })),
    get: async (referralId, attempt) => table.get(at(referralId, attempt)),
    put: async ({ referralId, attempt, revision, content }) => {
      if ((table.get(at(referralId, attempt))?.revision ?? 0) !== revision - 1) return false;
      table.put(at(referralId, attempt), { referralId, attempt, revision, content });
      return true;
    },
  };
};
