/** One thread that runs worlds one after the other, as it is given their seeds. */
import { parentPort, workerData } from 'node:worker_threads';
import { runSeed } from './run-seed.ts';

const { referrals } = workerData as { referrals: number };

parentPort?.on('message', (seed: number) => {
  void runSeed(seed, referrals).then((run) => parentPort?.postMessage(run, []));
});
