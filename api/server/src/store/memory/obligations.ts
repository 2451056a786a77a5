import { unreachable } from '@refloop/domain/result';
import type { ObligationChange, ObligationStore, OpenCount, OpenPlace, StoredObligation } from '../obligations.ts';
import { IN_ALL, type MemoryContext } from './context.ts';
import { OPEN, openOf } from './row-names.ts';

const UNLESS_TOLD = 500;
const MOST = 10_000;

const earliestFirst = (left: OpenPlace, right: OpenPlace): number => {
  if (left.dueAt !== right.dueAt) return left.dueAt < right.dueAt ? -1 : 1;
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0;
};

const inOrder = (left: string | null, right: string | null): number => {
  if (left === right) return 0;
  if (left === null || right === null) return left === null ? -1 : 1;
  return left < right ? -1 : 1;
};

const byKindOwnerAge = (left: OpenCount, right: OpenCount): number =>
  inOrder(left.kind, right.kind) || inOrder(left.owner, right.owner) || left.age - right.age;

function changedRow(row: StoredObligation, change: ObligationChange): StoredObligation {
  switch (change.what) {
    case 'take':
      return { ...row, owner: change.owner };
    case 'revise': {
      const { owner, dueAt, escalatedTo, content } = change;
      return { ...row, owner, dueAt, escalatedTo, content };
    }
    case 'done':
      return { ...row, status: 'done', settledAt: change.at, content: 'content' in change ? change.content : row.content };
    default:
      return unreachable(change);
  }
}

export const memoryObligations = (unit: MemoryContext): ObligationStore => {
  const table = unit.tables.obligations;
  const changes = unit.tables.obligationChanges;
  const countOf = (): number => changes.get(IN_ALL)?.count ?? 0;
  const put = (row: StoredObligation): void => {
    const changed = Object.freeze({ count: countOf() + 1 });
    table.put(row.id, row);
    changes.put(IN_ALL, changed);
    changes.put(row.id, changed);
  };
  const among = (status: StoredObligation['status'], referralId: string | undefined): StoredObligation[] => {
    if (referralId !== undefined) return table.named(referralId);
    return status === 'open' ? table.named(OPEN) : table.rows();
  };
  return {
    insert: async (given) => {
      if (!table.get(given.id)) put({ ...given, escalatedTo: null, status: 'open', settledAt: null });
    },
    get: async (id) => table.get(id),
    ids: async () =>
      table
        .rows()
        .map(({ id }) => id)
        .sort(),
    list: async ({
      status,
      kind,
      referralId,
      owner,
      raisedBy,
      escalatedTo,
      raisedFrom,
      raisedBefore,
      dueFrom,
      dueBefore,
      settledSince,
      limit,
    }) =>
      among(status, referralId)
        .filter(
          (row) =>
            row.status === status &&
            (kind === undefined || row.kind === kind) &&
            (owner === undefined || row.owner === owner) &&
            (raisedBy === undefined || row.raisedBy === raisedBy) &&
            (escalatedTo === undefined || row.escalatedTo === escalatedTo) &&
            (raisedFrom === undefined || row.raisedAt >= raisedFrom) &&
            (raisedBefore === undefined || row.raisedAt < raisedBefore) &&
            (dueFrom === undefined || row.dueAt >= dueFrom) &&
            (dueBefore === undefined || row.dueAt < dueBefore) &&
            (settledSince === undefined || (row.settledAt !== null && row.settledAt >= settledSince)),
        )
        .sort(earliestFirst)
        .slice(0, Math.min(limit ?? UNLESS_TOLD, MOST)),
    listOpen: async ({ after, limit }) =>
      table
        .named(OPEN)
        .filter((row) => after === undefined || earliestFirst(after, row) < 0)
        .sort(earliestFirst)
        .slice(0, limit),
    openOf: async (referralId) => table.named(openOf(referralId)),
    countOpen: async ({ now, soon, bounds }) => {
      const open = table.named(OPEN);
      const ageOf = ({ raisedAt }: StoredObligation): number => bounds.filter((bound) => bound <= raisedAt).length;
      const groups = Map.groupBy(open, (row) => JSON.stringify([row.kind, row.owner, ageOf(row)]));
      const counts = [...groups.values()].flatMap((rows): OpenCount[] => {
        const [first] = rows;
        if (!first) return [];
        const overdue = rows.filter(({ dueAt }) => dueAt < now).length;
        const atRisk = rows.filter(({ dueAt }) => dueAt >= now && dueAt < soon).length;
        const oldest = rows.reduce((least, { raisedAt }) => (raisedAt < least ? raisedAt : least), first.raisedAt);
        return [{ kind: first.kind, owner: first.owner, age: ageOf(first), open: rows.length, overdue, atRisk, oldest }];
      });
      return { referrals: new Set(open.map(({ referralId }) => referralId)).size, counts: counts.sort(byKindOwnerAge) };
    },
    settle: async (id, change) => {
      const row = table.get(id);
      if (!row || row.status === 'done') return false;
      put(changedRow(row, change));
      return true;
    },
    mark: async () => String(countOf()),
    changedSince: async (mark, limit) => {
      const rows = table.rows().filter(({ id }) => (changes.get(id)?.count ?? 0) > Number(mark));
      if (rows.length > limit) return undefined;
      const done = rows.filter(({ status }) => status === 'done').map(({ id }) => id);
      return { open: rows.filter(({ status }) => status === 'open').sort(earliestFirst), done: done.sort() };
    },
  };
};
