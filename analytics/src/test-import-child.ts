/** For tests: an import that tells when it has come to a stage, and then waits there to be killed. */
import { importAll, openHistory, seenHistory } from './test-histories.ts';

const [folder = '', stage = ''] = process.argv.slice(2);
const wait = (): void => {
  process.send?.('there');
  // Whatever comes next must not happen: this process is blocked until it is killed.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
};
await importAll(folder, [seenHistory('r1'), openHistory('r8')], {
  onProgress: (progress) => {
    if (progress.stage === stage) wait();
  },
});
