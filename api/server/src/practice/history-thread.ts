/** Loads the simulated history in a thread of its own, so that requests are answered meanwhile; goes on with it until it is there. */
import { Worker } from 'node:worker_threads';
import type { Scope } from '../store/store.ts';
import type { ThreadData } from './history-worker.ts';
import type { HistoryOutcome } from './load-history.ts';

export type HistoryThread = { stop: () => Promise<void> };

/** After PostgreSQL was away, or another process had begun with it and ended. */
const AGAIN_MS = 30_000;

export function startHistoryThread(options: {
  databaseUrl: string;
  keys: ThreadData['keys'];
  scope: Scope;
  referrals: number;
  seed: string;
  now: () => Date;
  loaded: (outcome: Extract<HistoryOutcome, { status: 'loaded' }>) => void;
  failed: (error: unknown) => void;
  againMs?: number;
}): HistoryThread {
  const { databaseUrl, keys, scope, referrals, seed, now, loaded, failed, againMs = AGAIN_MS } = options;
  let worker: Worker | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const run = async (): Promise<HistoryOutcome> => {
    const workerData: ThreadData = { databaseUrl, keys, scope, referrals, seed, now: now().toISOString() };
    const thread = new Worker(new URL('./history-worker.ts', import.meta.url), { workerData, name: 'simulated-history' });
    worker = thread;
    try {
      return await new Promise<HistoryOutcome>((done, fail) => {
        thread.once('message', done);
        thread.once('error', fail);
        thread.once('exit', (code) => fail(new Error(`The thread that loads the simulated history ended early with code ${code}.`)));
      });
    } finally {
      worker = undefined;
      await thread.terminate();
    }
  };
  const attempt = async (): Promise<void> => {
    try {
      const outcome = await run();
      if (outcome.status === 'loaded') loaded(outcome);
      if (outcome.status !== 'another process loads it') return;
    } catch (error) {
      if (stopped) return;
      failed(error);
    }
    if (!stopped) timer = setTimeout(() => void attempt(), againMs);
  };
  void attempt();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      // What its transaction had not committed is rolled back, and loaded at the next start.
      await worker?.terminate();
    },
  };
}
