import type { HistoryLoadStore } from '../history-loads.ts';
import { IN_ALL, type MemoryContext } from './context.ts';

export const memoryHistoryLoads = (unit: MemoryContext): HistoryLoadStore => {
  const table = unit.tables.historyLoads;
  return {
    get: async () => table.get(IN_ALL),
    begin: async (load) => {
      const kept = table.get(IN_ALL) ?? { ...load, loaded: 0, events: 0, finishedAt: null };
      table.put(IN_ALL, kept);
      return kept;
    },
    advance: async ({ from, to, events, finishedAt }) => {
      const row = table.get(IN_ALL);
      if (!row || row.loaded !== from || row.finishedAt !== null) return false;
      table.put(IN_ALL, { ...row, loaded: to, events: row.events + events, finishedAt });
      return true;
    },
  };
};
