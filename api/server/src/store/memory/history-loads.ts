import type { HistoryLoadStore } from '../history-loads.ts';
import { keyIn, type MemoryContext } from './context.ts';

export const memoryHistoryLoads = (unit: MemoryContext): HistoryLoadStore => {
  const table = unit.tables.historyLoads;
  const own = keyIn(unit);
  return {
    get: async () => table.get(own),
    begin: async (load) => {
      const kept = table.get(own) ?? { ...load, loaded: 0, events: 0, finishedAt: null };
      table.put(own, kept);
      return kept;
    },
    advance: async ({ from, to, events, finishedAt }) => {
      const row = table.get(own);
      if (!row || row.loaded !== from || row.finishedAt !== null) return false;
      table.put(own, { ...row, loaded: to, events: row.events + events, finishedAt });
      return true;
    },
  };
};
