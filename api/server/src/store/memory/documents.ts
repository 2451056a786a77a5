import type { DocumentStore } from '../documents.ts';
import { keyIn, type MemoryContext } from './context.ts';

export const memoryDocuments = (unit: MemoryContext): DocumentStore => {
  const table = unit.tables.documents;
  return {
    insert: async ({ bytes, ...document }) => {
      const at = keyIn(unit, document.id);
      if (!table.get(at)) table.put(at, { ...document, base64: Buffer.from(bytes).toString('base64') });
    },
    ids: async () =>
      table
        .rows(keyIn(unit))
        .map(({ id }) => id)
        .sort(),
    get: async (id) => {
      const found = table.get(keyIn(unit, id));
      if (!found) return undefined;
      const { base64, ...document } = found;
      return { ...document, bytes: new Uint8Array(Buffer.from(base64, 'base64')) };
    },
  };
};
