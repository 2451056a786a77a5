/** Builds an index of a published directory in a worker thread, so that requests to the old one go on meanwhile. */
import { Worker } from 'node:worker_threads';
import { type MatchIndex, matchIndexOf } from './match-index.ts';
import type { PackedDirectory } from './packed-directory.ts';

/** A million entries take well under this on two cores; past it something is wrong, and the old index stays. */
const LOAD_TIMEOUT_MS = 120_000;

/**
 * `bytes` are the UTF-8 JSON of a `Directory`, `hash` its content address. Rejects when the bytes cannot be read, the
 * thread ends early or the load takes longer than `timeoutMs`; nothing is half loaded.
 */
export async function loadIndexInWorker(
  bytes: Uint8Array,
  hash: string,
  options: { signal?: AbortSignal; timeoutMs?: number } = {},
): Promise<MatchIndex> {
  const cancelled = (): Error => new Error('Loading the directory index was cancelled.');
  if (options.signal?.aborted) throw cancelled();
  const worker = new Worker(new URL('./index-worker.ts', import.meta.url), { workerData: bytes, name: 'directory-index' });
  try {
    const packed = await new Promise<PackedDirectory>((resolve, reject) => {
      const timeoutMs = options.timeoutMs ?? LOAD_TIMEOUT_MS;
      const timer = setTimeout(() => reject(new Error(`The directory index was not built within ${timeoutMs} ms.`)), timeoutMs);
      const settled = (settle: () => void) => () => {
        clearTimeout(timer);
        settle();
      };
      options.signal?.addEventListener(
        'abort',
        settled(() => reject(cancelled())),
        { once: true },
      );
      worker.once('message', (message: PackedDirectory) => settled(() => resolve(message))());
      worker.once('error', (error: Error) =>
        settled(() => reject(new Error(`The directory index could not be built: ${error.message}`)))(),
      );
      worker.once('exit', (code) =>
        settled(() => reject(new Error(`The thread building the directory index ended early with code ${code}.`)))(),
      );
    });
    return matchIndexOf(packed, hash);
  } finally {
    await worker.terminate();
  }
}
