import type { CaptureStore } from '../capture.ts';
import { IN_ALL, type MemoryContext } from './context.ts';

export const memoryCapture = (unit: MemoryContext): CaptureStore => {
  const { captureCheckpoints: table, captureSubscriptions } = unit.tables;
  return {
    checkpoint: async (resourceType) => table.get(resourceType),
    checkpoints: async () => table.rows(),
    keep: async (checkpoint) => table.put(checkpoint.resourceType, checkpoint),
    wake: async () => {
      for (const each of table.rows()) table.put(each.resourceType, { ...each, lookedAt: null });
    },
    subscription: async () => captureSubscriptions.get(IN_ALL),
    subscribe: async (subscription) => captureSubscriptions.put(IN_ALL, { ...subscription, heardAt: null }),
    heard: async (at) => {
      const known = captureSubscriptions.get(IN_ALL);
      if (known) captureSubscriptions.put(IN_ALL, { ...known, heardAt: at });
    },
  };
};
