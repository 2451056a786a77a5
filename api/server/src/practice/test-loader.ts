/** For tests: a process that loads a history, to be killed in the middle. As a program it is that process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createKeyRing } from '../crypto/key-ring.ts';
import { DEVELOPMENT_KEY } from '../environment/keys.ts';
import { openBulkLoad } from '../store/postgres/bulk-load.ts';
import type { Scope } from '../store/store.ts';
import { loadHistory } from './load-history.ts';

export type LoaderOptions = { url: string; scope: Scope; seed: string; referrals: number; atOnce: number; now: string };

export type Loader = {
  /** Waits until so many are loaded. */
  loaded: (referrals: number) => Promise<void>;
  /** `kill -9`. */
  kill: () => void;
  ended: Promise<void>;
};

export function startLoader(options: LoaderOptions): Loader {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', fileURLToPath(import.meta.url), JSON.stringify(options)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let loaded = 0;
  let over = false;
  const waiting = new Set<() => void>();
  child.stdout?.on('data', (chunk: Buffer) => {
    loaded = Number(chunk.toString().trim().split('\n').at(-1));
    for (const look of waiting) look();
  });
  const ended = new Promise<void>((done) => {
    child.once('close', () => {
      over = true;
      for (const look of waiting) look();
      done();
    });
  });
  return {
    loaded: (referrals) =>
      new Promise<void>((done, failed) => {
        const look = (): void => {
          if (loaded >= referrals) done();
          else if (over) failed(new Error(`The loader ended at ${loaded}.`));
          else return;
          waiting.delete(look);
        };
        waiting.add(look);
        look();
      }),
    kill: () => void child.kill('SIGKILL'),
    ended,
  };
}

if (import.meta.main) {
  const { url, scope, seed, referrals, atOnce, now } = JSON.parse(process.argv[2] ?? '') as LoaderOptions;
  const load = await openBulkLoad({ url, keyRing: createKeyRing([DEVELOPMENT_KEY]), newId: () => `${process.pid}-1`, scope });
  await loadHistory({
    load,
    seed,
    referrals,
    atOnce,
    now: () => new Date(now),
    staffing: async () => ({}),
    progress: (loaded) => void process.stdout.write(`${loaded}\n`),
  });
  await load.close();
}
