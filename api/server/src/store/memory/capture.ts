import type { CaptureStore } from '../capture.ts';
import { keyIn, type MemoryContext } from './context.ts';

export const memoryCapture = (unit: MemoryContext): CaptureStore => {
  const { captureCheckpoints: table, captureSubscriptions } = unit.tables;
  const own = keyIn(unit);
  return {
    checkpoint: async (resourceType) => table.get(keyIn(unit, resourceType)),
    checkpoints: async () => table.rows(own),
    keep: async (checkpoint) => table.put(keyIn(unit, checkpoint.resourceType), checkpoint),
    wake: async () => {
      for (const each of table.rows(own)) table.put(keyIn(unit, each.resourceType), { ...each, lookedAt: null });
    },
    subscription: async () => captureSubscriptions.get(own),
    subscribe: async (subscription) => captureSubscriptions.put(own, { ...subscription, heardAt: null }),
    heard: async (at) => {
      const known = captureSubscriptions.get(own);
      if (known) captureSubscriptions.put(own, { ...known, heardAt: at });
    },
  };
};
