/** The thread that makes a snapshot of the warehouse. */
import { parentPort, workerData } from 'node:worker_threads';
import { NewerSnapshotInForce } from '@refloop/analytics/snapshot';
import { createKeyRing } from '../crypto/key-ring.ts';
import type { KeyEncryptionKey } from '../environment/keys.ts';
import { openPostgresStore } from '../store/postgres/store.ts';
import { refreshWarehouse } from './refresh.ts';

/** `now`: as of when the snapshot is made. */
export type RefreshData = { databaseUrl: string; keys: KeyEncryptionKey[]; warehouse: string; timezone: string; now: string };
export type RefreshOutcome = { referrals: number; events: number; read: number; unreadable: number } | 'another process made a newer one';

if (!parentPort) throw new Error('refresh-worker.ts is started by startRefresh, not by hand');
const { databaseUrl, keys, warehouse, timezone, now } = workerData as RefreshData;

const stopped = new AbortController();
parentPort.once('message', () => stopped.abort(new Error('The process ends.')));

const store = await openPostgresStore({
  url: databaseUrl,
  keyRing: createKeyRing(keys),
  newId: () => '',
  poolSize: 2,
  name: 'refloop warehouse',
});
try {
  const { manifest } = await refreshWarehouse(store, {
    folder: warehouse,
    now,
    timezone,
    signal: stopped.signal,
  });
  const { referrals, events, reading } = manifest;
  const { read = referrals, unreadable = 0 } = reading ?? {};
  parentPort.postMessage({ referrals, events, read, unreadable } satisfies RefreshOutcome, []);
} catch (error) {
  if (error instanceof NewerSnapshotInForce) parentPort.postMessage('another process made a newer one' satisfies RefreshOutcome, []);
  else if (!stopped.signal.aborted) throw error;
} finally {
  await store.close();
  // It was listening: nothing else keeps this thread.
  parentPort.close();
}
