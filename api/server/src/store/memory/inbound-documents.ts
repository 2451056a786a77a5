import type { InboundDocumentStore, StoredInbound } from '../inbound-documents.ts';
import type { MemoryContext } from './context.ts';
import { ofKey } from './row-names.ts';

const oldestFirst = (left: StoredInbound, right: StoredInbound): number => {
  if (left.receivedAt !== right.receivedAt) return left.receivedAt < right.receivedAt ? -1 : 1;
  return left.id < right.id ? -1 : 1;
};

export const memoryInboundDocuments = (unit: MemoryContext): InboundDocumentStore => {
  const table = unit.tables.inboundDocuments;
  const all = (): StoredInbound[] => table.rows().map(({ stored }) => stored);
  const get = async (id: string): Promise<StoredInbound | undefined> => table.get(id)?.stored;
  return {
    insert: async (document, file) => {
      if (table.get(document.id)) return false;
      const base64 = document.standing.status === 'placed' ? null : Buffer.from(file).toString('base64');
      table.put(document.id, { stored: document, base64 });
      return true;
    },
    get,
    take: get,
    settle: async (id, standing, content) => {
      const row = table.get(id);
      if (!row) return;
      const base64 = standing.status === 'placed' ? null : row.base64;
      table.put(id, { stored: { ...row.stored, standing, content }, base64 });
    },
    file: async (id) => {
      const base64 = table.get(id)?.base64;
      return base64 === null || base64 === undefined ? undefined : new Uint8Array(Buffer.from(base64, 'base64'));
    },
    holdsOf: async (linkKey) => table.named(ofKey(linkKey)).some(({ stored }) => stored.standing.status === 'held'),
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
