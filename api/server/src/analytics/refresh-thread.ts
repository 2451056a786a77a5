/** Makes the warehouse's snapshots in a thread of their own: at the start, every hour, and when somebody has reason to. */
import { Worker } from 'node:worker_threads';
import type { RefreshData, RefreshOutcome } from './refresh-worker.ts';

export type Refresh = {
  /** One is made as soon as the one under way is done. */
  now: () => void;
  stop: () => Promise<void>;
};

const HOUR_MS = 3_600_000;
/** A query that is told to end does so between two pieces of its work. */
const PATIENCE_MS = 1500;

/** Lets the thread end by itself: cut while DuckDB works in it, it takes the whole process with it. */
async function ended(thread: Worker): Promise<void> {
  const gone = new Promise((done) => thread.once('exit', done));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((done) => {
    timer = setTimeout(done, PATIENCE_MS);
  });
  await Promise.race([gone, late]);
  clearTimeout(timer);
  await thread.terminate();
}

export function startRefresh(
  options: Omit<RefreshData, 'now'> & {
    now: () => Date;
    made: (outcome: RefreshOutcome) => void;
    failed: (error: unknown) => void;
    everyMs?: number;
  },
): Refresh {
  const { databaseUrl, keys, warehouse, timezone, now, made, failed, everyMs = HOUR_MS } = options;
  let worker: Worker | undefined;
  let timer: NodeJS.Timeout | undefined;
  let [stopped, wanted] = [false, false];

  const run = async (): Promise<RefreshOutcome> => {
    const workerData: RefreshData = { databaseUrl, keys, warehouse, timezone, now: now().toISOString() };
    const thread = new Worker(new URL('./refresh-worker.ts', import.meta.url), { workerData, name: 'warehouse' });
    worker = thread;
    try {
      return await new Promise<RefreshOutcome>((done, fail) => {
        thread.once('message', done);
        thread.once('error', fail);
        thread.once('exit', (code) => fail(new Error(`The thread that makes a snapshot ended early with code ${code}.`)));
      });
    } finally {
      worker = undefined;
      if (thread.threadId > 0) await ended(thread);
    }
  };

  const attempt = async (): Promise<void> => {
    clearTimeout(timer);
    wanted = false;
    try {
      made(await run());
    } catch (error) {
      if (stopped) return;
      failed(error);
    }
    if (stopped) return;
    if (wanted) return attempt();
    timer = setTimeout(() => void attempt(), everyMs);
  };
  void attempt();

  return {
    now: () => {
      wanted = true;
      if (!worker && !stopped) void attempt();
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      // What it had not put in force is cleared away by the next one.
      if (!worker) return;
      worker.postMessage('stop', []);
      await ended(worker);
    },
  };
}
