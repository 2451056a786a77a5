import type { OfficeLinkStore, StoredOfficeLink } from '../office-links.ts';
import type { MemoryContext } from './context.ts';

const newestFirst = (left: StoredOfficeLink, right: StoredOfficeLink): number => {
  if (left.madeAt !== right.madeAt) return left.madeAt < right.madeAt ? 1 : -1;
  return left.id < right.id ? 1 : -1;
};

export const memoryOfficeLinks = (unit: MemoryContext): OfficeLinkStore => {
  const table = unit.tables.officeLinks;
  const change = (id: string, to: (link: StoredOfficeLink) => StoredOfficeLink): void => {
    const link = table.get(id);
    if (link) table.put(id, { ...to(link), scope: unit.scope });
  };
  return {
    insert: async (link) => table.put(link.id, { ...link, wrongTries: 0, opened: null, closedAt: null, scope: unit.scope }),
    take: async (id) => {
      const found = table.get(id);
      if (!found) return undefined;
      const { scope: _scope, ...link } = found;
      return link;
    },
    list: async (referralId) =>
      table
        .named(referralId)
        .map(({ scope: _scope, ...link }) => link)
        .sort(newestFirst),
    countWrongTry: async (id) => change(id, (link) => ({ ...link, wrongTries: link.wrongTries + 1 })),
    open: async (id, opened) => change(id, (link) => ({ ...link, opened })),
    close: async (referralId, at, attempt) => {
      const open = table.named(referralId).filter((row) => row.closedAt === null && (attempt ?? row.attempt) === row.attempt);
      for (const { id } of open) change(id, (link) => ({ ...link, closedAt: at }));
      return open.map(({ id }) => id).sort();
    },
  };
};
