/** A thread on which worlds are lived through, one after the other: takes a seed, answers with what happened. */
import { parentPort } from 'node:worker_threads';
import { runSeed } from './run-seed.ts';
import type { WorldAsked, WorldRun } from './worlds.ts';

async function liveThrough({ seed, referrals }: WorldAsked): Promise<void> {
  // A world's digest is made when asked for, of a store that no other thread can read.
  const { digest: _digest, ...run } = await runSeed(seed, referrals);
  const told: WorldRun = run;
  parentPort?.postMessage(told, []);
}

// What is thrown ends the thread, and whoever asked hears it.
parentPort?.on('message', (asked: WorldAsked) => void liveThrough(asked));
