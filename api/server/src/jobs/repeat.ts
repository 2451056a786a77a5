/** Work that is done again and again as long as this process runs: never twice at a time, and a failure ends nothing. */

export type Repeated = { stop: () => Promise<void> };

/**
 * @param milliseconds between the end of one run and the beginning of the next
 * @param failed is told of a run that did not succeed; the next one takes up what it left
 */
export function repeat(work: () => Promise<unknown>, milliseconds: number, failed: (error: unknown) => void): Repeated {
  let running: Promise<unknown> = Promise.resolve();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const run = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failed(error);
    }
    if (!stopped) timer = setTimeout(next, milliseconds);
  };
  const next = (): void => {
    running = run();
  };
  timer = setTimeout(next, milliseconds);
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
