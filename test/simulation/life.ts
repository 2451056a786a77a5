/** A process, or a window, that may die at any moment: what it waited for never comes back to it, and nobody is told. */

export type Life = {
  lives: () => boolean;
  /** As the promise, as long as this lives; for ever nothing from its death on. */
  while: <Value>(promise: Promise<Value>) => Promise<Value>;
  /** For whoever waits on it from outside: its answer, or that it died over it. */
  heard: <Value>(promise: Promise<Value>) => Promise<{ died: false; value: Value } | { died: true }>;
  die: () => void;
};

export const never = <Value>(): Promise<Value> => new Promise(() => undefined);

export function createLife(): Life {
  let alive = true;
  const waiting = new Set<() => void>();
  const came = <Value>(value: Value): Value | Promise<Value> => (alive ? value : never<Value>());
  const failedWith = (error: unknown): Promise<never> => {
    if (alive) throw error;
    return never<never>();
  };
  return {
    lives: () => alive,
    while: (promise) => promise.then(came, failedWith),
    heard: (promise) =>
      new Promise((done, failed) => {
        const died = (): void => done({ died: true });
        if (!alive) return died();
        waiting.add(died);
        promise.then(
          (value) => {
            waiting.delete(died);
            done({ died: false, value });
          },
          (error: unknown) => {
            waiting.delete(died);
            failed(error as Error);
          },
        );
      }),
    die: () => {
      alive = false;
      for (const told of waiting) told();
      waiting.clear();
    },
  };
}
