/** The thread that loads the simulated history. */
import { promisify } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { gunzip } from 'node:zlib';
import type { Directory } from '@refloop/domain/network/directory';
import { monotonicFactory } from 'ulid';
import { createKeyRing } from '../crypto/key-ring.ts';
import type { KeyEncryptionKey } from '../environment/keys.ts';
import { openBulkLoad } from '../store/postgres/bulk-load.ts';
import { openPostgresStore } from '../store/postgres/store.ts';
import type { Scope } from '../store/store.ts';
import { loadHistory } from './load-history.ts';
import type { Staffing } from './offices.ts';
import { staffingFrom } from './staffing.ts';

export type ThreadData = { databaseUrl: string; keys: KeyEncryptionKey[]; scope: Scope; referrals: number; seed: string; now: string };

if (!parentPort) throw new Error('history-worker.ts is started by startHistoryThread, not by hand');
const { databaseUrl, keys, scope, referrals, seed, now } = workerData as ThreadData;
const keyRing = createKeyRing(keys);
const newId = monotonicFactory();

/** People of the synthetic directory in force; where there is none, or it is a real one, everybody is invented. */
async function staffing(): Promise<Staffing> {
  const store = await openPostgresStore({ url: databaseUrl, keyRing, newId, poolSize: 1, name: 'refloop simulated history' });
  try {
    const current = await store.directory.current();
    const bytes = current?.synthetic ? await store.directory.bytes(current.hash) : undefined;
    if (!bytes) return {};
    const { entries } = JSON.parse((await promisify(gunzip)(bytes)).toString('utf8')) as Directory;
    return staffingFrom(entries, seed);
  } finally {
    await store.close();
  }
}

const load = await openBulkLoad({ url: databaseUrl, keyRing, newId, scope, name: 'refloop simulated history' });
try {
  const outcome = await loadHistory({ load, seed, referrals, now: () => new Date(now), staffing });
  // Nothing to transfer: it is a few words.
  parentPort.postMessage(outcome, []);
} finally {
  await load.close();
}
