import type { ObligationStore, StoredObligation } from '../obligations.ts';
import { keyIn, type MemoryContext } from './context.ts';

const MOST = 500;

const earliestFirst = (left: StoredObligation, right: StoredObligation): number => {
  if (left.dueAt !== right.dueAt) return left.dueAt < right.dueAt ? -1 : 1;
  return left.id < right.id ? -1 : 1;
};

export const memoryObligations = (unit: MemoryContext): ObligationStore => {
  const table = unit.tables.obligations;
  return {
    insert: async (given) => {
      if (!table.get(keyIn(unit, given.id))) table.put(keyIn(unit, given.id), { ...given, status: 'open', settledAt: null });
    },
    get: async (id) => table.get(keyIn(unit, id)),
    list: async ({ status, kind, referralId, owner, raisedBy, dueBefore, settledSince, limit }) =>
      table
        .rows(keyIn(unit))
        .filter(
          (row) =>
            row.status === status &&
            (kind === undefined || row.kind === kind) &&
            (referralId === undefined || row.referralId === referralId) &&
            (owner === undefined || row.owner === owner) &&
            (raisedBy === undefined || row.raisedBy === raisedBy) &&
            (dueBefore === undefined || row.dueAt < dueBefore) &&
            (settledSince === undefined || (row.settledAt !== null && row.settledAt >= settledSince)),
        )
        .sort(earliestFirst)
        .slice(0, Math.min(limit ?? MOST, MOST)),
    settle: async (id, change) => {
      const row = table.get(keyIn(unit, id));
      if (!row || row.status === 'done') return false;
      const content = change.what === 'done' && 'content' in change ? change.content : row.content;
      const changed: StoredObligation =
        change.what === 'take' ? { ...row, owner: change.owner } : { ...row, status: 'done', settledAt: change.at, content };
      table.put(keyIn(unit, id), changed);
      return true;
    },
  };
};
