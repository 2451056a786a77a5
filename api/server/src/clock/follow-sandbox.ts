/**
 * Goes by the clock of the sandbox EHR. It moves in small steps and takes none before everybody who follows has said that the last one was lived
 * through; what is due by then is done in between, so that nothing of a long way happens at its end.
 */
import { z } from 'zod';
import type { PracticeClock } from './practice-clock.ts';

const Told = z.object({ aheadMilliseconds: z.number().min(0), step: z.number().int().min(0), moving: z.boolean() });

/** The sandbox answers after twenty seconds where nothing happens. */
const PATIENCE_MS = 30_000;
const AGAIN_MS = 500;

export type FollowOptions = {
  /** Such as `http://localhost:4010/clock`. */
  address: string;
  clock: PracticeClock;
  /** Does what is due, once; the clock stands meanwhile. */
  live: () => Promise<void>;
  /** Told when it was moved and is no longer. */
  stood?: () => void;
  /** Of this process, among all that follow. */
  name: string;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  pause: (milliseconds: number) => Promise<void>;
  /** Told of what went wrong; it is asked again. */
  failed: (error: unknown) => void;
};

export type Following = {
  /** Resolves once it is known what time it is. */
  known: Promise<void>;
  stop: () => Promise<void>;
};

export function followSandbox({ address, clock, live, stood, name, fetch, pause, failed }: FollowOptions): Following {
  const stopped = new AbortController();
  const { promise: known, resolve: tell } = Promise.withResolvers<void>();

  async function ask(lived: number | undefined): Promise<z.output<typeof Told>> {
    const response = await fetch(`${address}/followers`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, ...(lived === undefined ? {} : { lived }) }),
      redirect: 'error',
      signal: AbortSignal.any([stopped.signal, AbortSignal.timeout(PATIENCE_MS)]),
    });
    if (!response.ok) throw new Error(`The clock of the sandbox answered ${response.status}.`);
    return Told.parse(await response.json());
  }

  const follow = async (): Promise<void> => {
    let lived: number | undefined;
    let moved = false;
    let silent = false;
    while (!stopped.signal.aborted) {
      try {
        const { aheadMilliseconds, step, moving } = await ask(lived);
        silent = false;
        clock.moveTo(aheadMilliseconds);
        tell();
        if (lived !== undefined && step !== lived) {
          await live();
          moved = true;
        } else if (moved && !moving) {
          moved = false;
          stood?.();
        }
        lived = step;
      } catch (error) {
        if (stopped.signal.aborted) return;
        // Said once: a sandbox that starts or stops is asked many times.
        if (!silent) failed(error);
        silent = true;
        await pause(AGAIN_MS);
      }
    }
  };
  const following = follow();
  return {
    known,
    stop: async () => {
      stopped.abort();
      await following;
    },
  };
}
