/** The worker thread that turns the bytes of a published directory into a packed one. */
import { parentPort, workerData } from 'node:worker_threads';
import { packedFromBytes } from './directory-bytes.ts';

if (!parentPort) throw new Error('index-worker.ts is started by loadIndexInWorker, not by hand');
// Nothing to transfer: the arrays are shared memory.
parentPort.postMessage(packedFromBytes(workerData as Uint8Array), []);
