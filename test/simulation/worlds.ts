/** Many worlds: each is lived through whole on one thread, and as many at a time as there are threads. */
import { Worker } from 'node:worker_threads';
import type { SeedRun } from './run-seed.ts';

/** What can be told of a world from another thread. */
export type WorldRun = Omit<SeedRun, 'digest'>;
export type WorldAsked = { seed: number; referrals: number };

const ENTRY = new URL('./world-thread.ts', import.meta.url);

function askOnce(thread: Worker, asked: WorldAsked): Promise<WorldRun> {
  return new Promise((done, failed) => {
    const settle = (): void => {
      for (const name of ['message', 'error', 'exit']) thread.removeAllListeners(name);
    };
    thread.once('message', (run: WorldRun) => {
      settle();
      done(run);
    });
    thread.once('error', (error: Error) => {
      settle();
      failed(new Error(`seed ${asked.seed}: ${error.message}`, { cause: error }));
    });
    thread.once('exit', (code) => {
      settle();
      failed(new Error(`seed ${asked.seed}: its thread ended with code ${code} before its world did.`));
    });
    thread.postMessage(asked, []);
  });
}

/**
 * @param threads how many worlds at a time; a world is the same on any of them
 * @param told of each world as it ends, which is not the order of seeds
 * @throws where a thread fails; the others end with it
 */
export async function runWorlds(
  seeds: readonly number[],
  referrals: number,
  threads: number,
  told: (run: WorldRun) => void,
): Promise<void> {
  const ahead = seeds.values();
  const opened: Worker[] = [];
  const liveThrough = async (): Promise<void> => {
    const thread = new Worker(ENTRY);
    opened.push(thread);
    for (const seed of ahead) told(await askOnce(thread, { seed, referrals }));
  };
  try {
    await Promise.all(Array.from({ length: Math.min(threads, seeds.length) }, liveThrough));
  } finally {
    await Promise.all(opened.map((thread) => thread.terminate()));
  }
}
