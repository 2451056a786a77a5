/** Work that is done again and again as long as this process runs: never twice at a time, and a failure ends nothing. */

export type Repeated = {
  /** Does it once as soon as the run under way is done, and the next one so long after that. */
  once: () => Promise<void>;
  stop: () => Promise<void>;
};

/**
 * @param milliseconds between the end of one run and the beginning of the next
 * @param failed is told of a run that did not succeed; the next one takes up what it left
 */
export function repeat(work: () => Promise<unknown>, milliseconds: number, failed: (error: unknown) => void): Repeated {
  let running: Promise<unknown> = Promise.resolve();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const run = async (): Promise<void> => {
    if (stopped) return;
    clearTimeout(timer);
    try {
      await work();
    } catch (error) {
      failed(error);
    }
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void next(), milliseconds);
  };
  const next = (): Promise<void> => {
    const after = running.then(run);
    running = after;
    return after;
  };
  timer = setTimeout(() => void next(), milliseconds);
  return {
    once: next,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
