import type { DelegationStore, StoredDelegation } from '../delegations.ts';
import type { MemoryContext } from './context.ts';

const oldestFirst = (left: StoredDelegation, right: StoredDelegation): number => {
  if (left.givenAt !== right.givenAt) return left.givenAt < right.givenAt ? -1 : 1;
  return left.id < right.id ? -1 : 1;
};

export const memoryDelegations = (unit: MemoryContext): DelegationStore => {
  const table = unit.tables.delegations;
  const all = (): StoredDelegation[] => table.rows().sort(oldestFirst);
  return {
    insert: async (given) => {
      if (!table.get(given.id)) table.put(given.id, { ...given, ended: null });
    },
    get: async (id) => table.get(id),
    list: async () => all().reverse(),
    inForce: async ({ kind, delegate, now }) =>
      all().filter(
        (each) =>
          each.kind === kind && each.delegate.subject === delegate && each.ended === null && (each.until === null || each.until > now),
      ),
    end: async (id, ended) => {
      const row = table.get(id);
      if (!row || row.ended) return false;
      table.put(id, { ...row, ended });
      return true;
    },
  };
};
