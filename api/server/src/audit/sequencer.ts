/** Numbers and chains new audit entries within a second, as long as this process runs. */
import type { AuditTrail } from '../store/audit.ts';

const PERIOD_MS = 500;
/** While runs fail, each waits twice as long as the one before, up to this. */
const LONGEST_MS = 8000;

export type Sequencer = { stop: () => Promise<void> };

/** @param failed is told of a run that did not succeed; the next one takes up what it left */
export function startSequencer(trail: AuditTrail, now: () => Date, failed: (error: unknown) => void): Sequencer {
  let running: Promise<unknown> = Promise.resolve();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let pause = PERIOD_MS;
  const run = async (): Promise<void> => {
    try {
      await trail.sequence(now().toISOString());
      pause = PERIOD_MS;
    } catch (error) {
      failed(error);
      pause = Math.min(pause * 2, LONGEST_MS);
    }
    if (!stopped) timer = setTimeout(next, pause);
  };
  const next = (): void => {
    running = run();
  };
  next();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
      // What was recorded in the last half second gets its number before the process ends.
      await trail.sequence(now().toISOString()).catch(failed);
    },
  };
}
