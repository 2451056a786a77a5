import type { InboundDocumentStore, StoredInbound } from '../inbound-documents.ts';
import { keyIn, type MemoryContext } from './context.ts';

const oldestFirst = (left: StoredInbound, right: StoredInbound): number => {
  if (left.receivedAt !== right.receivedAt) return left.receivedAt < right.receivedAt ? -1 : 1;
  return left.id < right.id ? -1 : 1;
};

export const memoryInboundDocuments = (unit: MemoryContext): InboundDocumentStore => {
  const table = unit.tables.inboundDocuments;
  const all = (): StoredInbound[] => table.rows(keyIn(unit));
  const get = async (id: string): Promise<StoredInbound | undefined> => table.get(keyIn(unit, id));
  return {
    insert: async (document) => {
      if (table.get(keyIn(unit, document.id))) return false;
      table.put(keyIn(unit, document.id), document);
      return true;
    },
    get,
    take: get,
    settle: async (id, standing, content) => {
      const document = table.get(keyIn(unit, id));
      if (document) table.put(keyIn(unit, id), { ...document, standing, content });
    },
    open: async ({ status, limit }) =>
      all()
        .filter(({ standing }) => standing.status === status)
        .sort(oldestFirst)
        .slice(0, limit),
    count: async (status) => all().filter(({ standing }) => standing.status === status).length,
    ids: async () =>
      all()
        .map(({ id }) => id)
        .sort(),
  };
};
