/** For tests: a warehouse in a folder of its own, and snapshots of what a store holds. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWarehouse, type Warehouse } from '@refloop/analytics/warehouse';
import { refreshWarehouse } from './analytics/refresh.ts';
import type { Store } from './store/store.ts';

export type TestWarehouse = {
  warehouse: Warehouse;
  refresh: (store: Store, now: Date, timezone?: string) => Promise<void>;
  close: () => Promise<void>;
};

export function openTestWarehouse(): TestWarehouse {
  const folder = mkdtempSync(join(tmpdir(), 'refloop-warehouse-'));
  const warehouse = openWarehouse({ folder, threads: 1, memoryMegabytes: 256 });
  return {
    warehouse,
    refresh: async (store, now, timezone = 'UTC') => {
      await refreshWarehouse(store, { folder, now: now.toISOString(), timezone });
    },
    close: async () => {
      await warehouse.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
