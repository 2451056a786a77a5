/** A page that is never idle gets to it all the same. */
const LATEST_MILLISECONDS = 5_000;

/** Does it once when the browser has nothing better to do. @returns takes it back */
export function whenIdle(work: () => void): () => void {
  const handle = requestIdleCallback(work, { timeout: LATEST_MILLISECONDS });
  return () => cancelIdleCallback(handle);
}
