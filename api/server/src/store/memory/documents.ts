import type { DocumentStore } from '../documents.ts';
import type { MemoryContext } from './context.ts';

export const memoryDocuments = (unit: MemoryContext): DocumentStore => {
  const table = unit.tables.documents;
  return {
    insert: async ({ bytes, ...document }) => {
      const at = document.id;
      if (!table.get(at)) table.put(at, { ...document, base64: Buffer.from(bytes).toString('base64') });
    },
    ids: async () =>
      table
        .rows()
        .map(({ id }) => id)
        .sort(),
    get: async (id) => {
      const found = table.get(id);
      if (!found) return undefined;
      const { base64, ...document } = found;
      return { ...document, bytes: new Uint8Array(Buffer.from(base64, 'base64')) };
    },
  };
};
